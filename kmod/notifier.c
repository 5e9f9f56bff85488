// SPDX-License-Identifier: GPL-2.0-only
#include "notifier.h"

#include <linux/mmu_notifier.h>

#include "context.h"
#include "emit.h"
#include "gate.h"
#include "plant.h"
#include "session.h"

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

/* From here to the inner notifier; KVM's own callback names its VM in between. */
static void enter_notifier(u8 event)
{
	struct mmuw_context *ctx = mmuw_context_get();

	if (!ctx)
		return;
	ctx->in_notifier = true;
	ctx->notifier_kvm = NULL;
	ctx->notifier_event = event;
}

static int outer_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	enter_notifier(range->event);
	emit(range, MMUWITNESS_START_BEFORE_KVM);
	pass(MMUW_POINT_INVALIDATE_START, range);
	return 0;
}

static void leave_notifier(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return;
	ctx->in_notifier = false;
	ctx->notifier_kvm = NULL;
	mmuw_context_put(ctx);
}

static int inner_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	mmuw_plant_invalidate_started();
	leave_notifier();
	emit(range, MMUWITNESS_START_AFTER_KVM);
	pass(MMUW_POINT_INVALIDATE_STARTED, range);
	return 0;
}

static void outer_end(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	enter_notifier(range->event);
	emit(range, MMUWITNESS_END_BEFORE_KVM);
	pass(MMUW_POINT_INVALIDATE_END, range);
	mmuw_plant_invalidate_ending(range->event);
}

static void inner_end(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	mmuw_plant_invalidate_ended(range->event);
	leave_notifier();
	emit(range, MMUWITNESS_END_AFTER_KVM);
	pass(MMUW_POINT_INVALIDATE_ENDED, range);
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

static const struct mmu_notifier_ops outer_ops = {
	.invalidate_range_start = outer_start,
	.invalidate_range_end = outer_end,
};

static const struct mmu_notifier_ops inner_ops = {
	.invalidate_range_start = inner_start,
	.invalidate_range_end = inner_end,
};

static struct mmu_notifier outer = { .ops = &outer_ops };
static struct mmu_notifier inner = { .ops = &inner_ops };
static struct mm_struct *inner_mm, *outer_mm;

static int add(struct mmu_notifier *mn, struct mm_struct *mm, struct mm_struct **where)
{
	int err = mmu_notifier_register(mn, mm);

	/*
	 * mm_take_all_locks() gives up when a signal is pending, and that is
	 * also how io_uring tells a task of a completion: do it again.
	 */
	if (err == -EINTR)
		return -ERESTARTNOINTR;
	if (!err)
		*where = mm;
	return err;
}

/* Required also after exit_mmap(); registration holds the mm_struct itself. */
static void del(struct mmu_notifier *mn, struct mm_struct **where)
{
	if (*where)
		mmu_notifier_unregister(mn, *where);
	*where = NULL;
}

int mmuw_notifier_register_inner(struct mm_struct *mm)
{
	return add(&inner, mm, &inner_mm);
}

int mmuw_notifier_register_outer(struct mm_struct *mm)
{
	del(&outer, &outer_mm);
	return add(&outer, mm, &outer_mm);
}

void mmuw_notifier_unregister(void)
{
	del(&outer, &outer_mm);
	del(&inner, &inner_mm);
}
