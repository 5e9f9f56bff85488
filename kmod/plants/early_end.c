// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's end of the invalidation of a page that is write-protected to be cleaned,
 * done as soon as its start is: faults are let in again while the primary MMU
 * still has the old PTE. Undone before KVM's own end, so that its arithmetic is
 * right, by the task that the invalidation is in, whatever is planted by then. Of
 * one VM: which VM an end is for is only known when KVM has run.
 */
#include <linux/kvm_host.h>

#include "plants/plant.h"
#include "witness/context.h"
#include "witness/lock.h"

static atomic_t unsettled;

/* Of struct kvm as it is laid out here: nothing says that it is that of the loaded kvm.ko. */
bool mmuw_plant_can_count(const struct kvm *kvm)
{
	return kvm->mmu_invalidate_in_progress >= 0 && kvm->mmu_invalidate_in_progress < 4096;
}

static void count_invalidations(struct kvm *kvm, int by)
{
	mmuw_mmu_write_lock(kvm);
	kvm->mmu_invalidate_seq++;
	kvm->mmu_invalidate_in_progress += by;
	mmuw_mmu_write_unlock(kvm);
}

bool mmuw_plant_end_early(struct kvm *kvm)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!mmuw_plant_can_count(kvm) || !kvm->mmu_invalidate_in_progress || !ctx->in_mkclean)
		return false;
	atomic_inc(&unsettled);
	ctx->ended_early = kvm;
	count_invalidations(kvm, -1);
	return true;
}

void mmuw_plant_settle_early_end(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx || !ctx->ended_early)
		return;
	count_invalidations(ctx->ended_early, 1);
	ctx->ended_early = NULL;
	atomic_dec(&unsettled);
}

/* An invalidation sleeps for locks and readers at most, and ends. */
void mmuw_plant_wait_settled(void)
{
	while (atomic_read(&unsettled))
		schedule_timeout_uninterruptible(1);
}
