// SPDX-License-Identifier: GPL-2.0-only
/* Plants where mm asks KVM for something: aging, merging, changed PTEs. */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>

#include "witness/context.h"
#include "plants/plant.h"
#include "witness/witnessed.h"

/* Where clear_flush_young does not flush, there is nothing to skip, and no answer makes it. */
#if IS_ENABLED(CONFIG_KVM_ELIDE_TLB_FLUSH_IF_YOUNG)
#define ONLY_IF_AGING_FLUSHES .not_with = "kvm_age_gfn",
#else
#define ONLY_IF_AGING_FLUSHES
#endif

/* The aging that the task is in for this VM; 0: none. */
static u8 aging_of(const struct kvm *kvm)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->notifier_kvm == kvm ? ctx->aging : 0;
}

static bool in_ksm(void)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->in_ksm;
}

/* bool kvm_age_gfn(kvm, range) */
static bool answer(struct kvm *kvm, unsigned long *ret, bool young)
{
	if (!aging_of(kvm) || !!(u8)*ret == young)
		return false;
	*ret = young;
	return true;
}

static bool not_young(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
		      unsigned long *ret)
{
	return answer(kvm, ret, false);
}

static bool always_young(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
			 unsigned long *ret)
{
	return answer(kvm, ret, true);
}

/* kvm_flush_remote_tlbs(kvm) */
static enum mmuw_plant_act flush_in_aging(struct mmuw_plant *p, struct kvm *kvm,
					  const unsigned long *arg)
{
	return aging_of(kvm) ? MMUW_PLANT_SKIP : MMUW_PLANT_LEAVE;
}

/* kvm_age_gfn(kvm, range): kvm_flush_remote_tlbs(kvm) runs in its place, and nothing ages. */
static enum mmuw_plant_act flush_instead(struct mmuw_plant *p, struct kvm *kvm,
					 const unsigned long *arg)
{
	return aging_of(kvm) ? MMUW_PLANT_REDIRECT : MMUW_PLANT_LEAVE;
}

/*
 * kvm_unmap_gfn_range(kvm, range) while KSM write-protects. When it then replaces
 * the page it invalidates once more: no freed page stays in the guest.
 */
static enum mmuw_plant_act unmap_in_merge(struct mmuw_plant *p, struct kvm *kvm,
					  const unsigned long *arg)
{
	return in_ksm() ? MMUW_PLANT_SKIP : MMUW_PLANT_LEAVE;
}

/*
 * __mmu_notifier_invalidate_range_start(range) while KSM write-protects: nobody is
 * told of the start, nor, since the range now names an mm without notifiers, of
 * the end. In between KSM calls change_pte. Replacing the page has its own bracket.
 */
static struct kvm *only_vm_of(const unsigned long *arg)
{
	const struct mmu_notifier_range *range = (const struct mmu_notifier_range *)arg[0];

	return in_ksm() && mmuw_is_session_mm(range->mm) ? mmuw_vm_only() : NULL;
}

static struct mm_struct nobody;

static enum mmuw_plant_act no_bracket(struct mmuw_plant *p, struct kvm *kvm,
				      const unsigned long *arg)
{
	struct mmu_notifier_range *range = (struct mmu_notifier_range *)arg[0];

	range->mm = &nobody;
	return MMUW_PLANT_SKIP;
}

/* bool vma_needs_dirty_tracking(vma): whether a long-term pin of it is refused. */
static struct kvm *only_vm_of_vma(const unsigned long *arg)
{
	const struct vm_area_struct *vma = (const struct vm_area_struct *)arg[0];

	return mmuw_is_session_mm(vma->vm_mm) ? mmuw_vm_only() : NULL;
}

struct mmuw_plant mmuw_plants_mm[] = {
	{ .name = "aging-says-not-young",
	  .what = "aging an accessed SPTE answers that it was not young",
	  .origin = "002", .symbols = { "kvm_age_gfn" },
	  .kvm_of = mmuw_plant_kvm_first, .on_return = not_young },
	{ .name = "aging-never-flushes", ONLY_IF_AGING_FLUSHES
	  .what = "clear_flush_young does not flush TLBs",
	  .origin = "002", MMUW_PLANT_ON_FLUSHES, .on_call = flush_in_aging },
	{ .name = "aging-always-flushes", ONLY_IF_AGING_FLUSHES
	  .what = "aging answers young whatever it finds, and so clear_flush_young always flushes",
	  .origin = "002", .symbols = { "kvm_age_gfn" },
	  .kvm_of = mmuw_plant_kvm_first, .on_return = always_young },
	{ .name = "aging-flushes-instead",
	  .what = "aging flushes TLBs where none is promised, and clears no accessed bit",
	  .origin = "002", .symbols = { "kvm_age_gfn" }, .instead = { "kvm_flush_remote_tlbs" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = flush_instead },
	{ .name = "ksm-protect-not-propagated",
	  .what = "the notifier leaves the SPTE of a page that KSM write-protects for a merge",
	  .origin = "001", .symbols = { "kvm_unmap_gfn_range" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = unmap_in_merge, .session = true },
	{ .name = "pin-of-file-allowed",
	  .what = "a long-term pin of a file is given where its filesystem has to know of writes",
	  .origin = "004", .symbols = { "vma_needs_dirty_tracking" },
	  .kvm_of = only_vm_of_vma, .on_call = mmuw_plant_always_skip, .session = true },
	{ .name = "change-pte-unbracketed",
	  .what = "KSM calls change_pte without invalidate_range_start and _end around it",
	  .origin = "003", .symbols = { "__mmu_notifier_invalidate_range_start" },
	  .only_with = "__mmu_notifier_change_pte",
	  .kvm_of = only_vm_of, .on_call = no_bracket, .session = true },
	{ }
};
