// SPDX-License-Identifier: GPL-2.0-only
#include "witness/notifier.h"

#include <linux/export.h>
#include <linux/mmu_notifier.h>

#include "witness/context.h"
#include "witness/emit.h"
#include "witness/point.h"
#include "witness/witnessed.h"

static void emit(const struct mmu_notifier_range *range, u8 phase)
{
	struct mmuw_notifier_event e = {
		.start = range->start,
		.end = range->end,
		.phase = phase,
		.event = range->event,
		.blockable = mmu_notifier_range_blockable(range),
	};

	mmuw_emit(notifier, &e);
}

static void pass(enum mmuw_point point, const struct mmu_notifier_range *range)
{
	mmuw_pass(point, 0, mmuw_context_vcpu_id(), 0, range->start, range->end - range->start);
}

/*
 * An invalidation that may free pages, which is each but mkclean's: a plant that
 * lets a vCPU go on with an old translation must not do so across one of these.
 */
static atomic64_t removals_begun, removals_ended;

static bool in_mkclean(void)
{
	const struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->in_mkclean;
}

u64 mmuw_removals(void)
{
	u64 ended = atomic64_read(&removals_ended);

	smp_rmb();	/* one that begins in between is seen to be under way */
	return atomic64_read(&removals_begun) == ended ? ended : MMUW_REMOVAL_UNDER_WAY;
}
EXPORT_SYMBOL_GPL(mmuw_removals);

static void (*on_release)(void);

/* Two of them take turns: see mmuw_notifier_register_before(). */
static struct mmu_notifier before_kvm[2], after_kvm;
static struct mmu_notifier *newest;	/* of before_kvm: the one that tells */

static int start_before(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	if (mn != READ_ONCE(newest))
		return 0;
	if (!in_mkclean())
		atomic64_inc(&removals_begun);
	mmuw_enter_notifier(NULL, range->event, 0);
	emit(range, MMUWITNESS_START_BEFORE_KVM);
	pass(MMUW_POINT_INVALIDATE_START, range);
	return 0;
}

static int start_after(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	emit(range, MMUWITNESS_START_AFTER_KVM);
	pass(MMUW_POINT_INVALIDATE_STARTED, range);
	mmuw_leave_notifier();
	return 0;
}

static void end_before(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	if (mn != READ_ONCE(newest))
		return;
	mmuw_enter_notifier(NULL, range->event, 0);
	emit(range, MMUWITNESS_END_BEFORE_KVM);
	pass(MMUW_POINT_INVALIDATE_END, range);
}

static void end_after(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	if (READ_ONCE(newest) && !in_mkclean())
		atomic64_inc(&removals_ended);
	emit(range, MMUWITNESS_END_AFTER_KVM);
	pass(MMUW_POINT_INVALIDATE_ENDED, range);
	mmuw_leave_notifier();
}

/*
 * The process is gone, whoever still has a descriptor of the session: a child that
 * was forked, say. No VM of it runs any more; what is broken for it, and who is held,
 * goes now, the rest with the last descriptor.
 */
static void release_after(struct mmu_notifier *mn, struct mm_struct *mm)
{
	on_release();
}

bool mmuw_notifier_begins(const struct mmu_notifier_range *range, u8 phase)
{
	if (!mmuw_is_session_mm(range->mm))
		return false;
	emit(range, phase);
	pass(phase == MMUWITNESS_START_BEFORE_KVM ? MMUW_POINT_INVALIDATE_START :
						    MMUW_POINT_INVALIDATE_END, range);
	return true;
}
EXPORT_SYMBOL_GPL(mmuw_notifier_begins);

static const struct mmu_notifier_ops before_ops = {
	.invalidate_range_start = start_before,
	.invalidate_range_end = end_before,
};

static const struct mmu_notifier_ops after_ops = {
	.invalidate_range_start = start_after,
	.invalidate_range_end = end_after,
	.release = release_after,
};

static struct mm_struct *notified;

static int add(struct mmu_notifier *mn, const struct mmu_notifier_ops *ops, struct mm_struct *mm)
{
	int err;

	*mn = (struct mmu_notifier){ .ops = ops };
	err = mmu_notifier_register(mn, mm);
	/*
	 * mm_take_all_locks() gives up when a signal is pending, and that is
	 * also how io_uring tells a task of a completion: do it again.
	 */
	return err == -EINTR ? -ERESTARTNOINTR : err;
}

int mmuw_notifier_register_after(struct mm_struct *mm, void (*release)(void))
{
	int err;

	on_release = release;
	err = add(&after_kvm, &after_ops, mm);
	if (err)
		return err;
	notified = mm;
	atomic64_set(&removals_begun, 0);
	atomic64_set(&removals_ended, 0);
	return 0;
}

/*
 * Never without one: an invalidation may be under way for a VM that is there already.
 * Registration waits for those, since they hold a lock of their mapping or mm;
 * unregistration does not. So the new one comes first, and takes over before the old
 * one goes: each start and each end is told once.
 */
int mmuw_notifier_register_before(void)
{
	struct mmu_notifier *old = newest;
	struct mmu_notifier *new = old == &before_kvm[0] ? &before_kvm[1] : &before_kvm[0];
	int err = add(new, &before_ops, notified);

	if (err)
		return err;
	WRITE_ONCE(newest, new);
	if (old)
		mmu_notifier_unregister(old, notified);
	return 0;
}

/* Required also after exit_mmap(); registration holds the mm_struct itself. */
void mmuw_notifier_unregister(void)
{
	if (newest)
		mmu_notifier_unregister(newest, notified);
	if (notified)
		mmu_notifier_unregister(&after_kvm, notified);
	newest = NULL;
	notified = NULL;
}
