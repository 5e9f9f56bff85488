// SPDX-License-Identifier: GPL-2.0-only
/* x86: plants in the TDP MMU, and on its SPTEs. */
#include <linux/kvm_host.h>

#include "witness/context.h"
#include "witness/notifier.h"
#include "plants/plant.h"
#include "hooks/x86/spte.h"

/*
 * bool is_page_fault_stale(vcpu, fault): its answer is changed when it is due to
 * an invalidation, and by none that may have freed the page since it was looked up. It
 * also says true when the vCPU's root is obsolete, and has to: then the request that
 * makes the vCPU load a new one is pending, since both come under mmu_lock
 * (kvm_mmu_zap_all_fast()).
 */
static bool not_stale(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
		      unsigned long *ret)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)arg[0];
	const struct mmuw_context *ctx = mmuw_context();

	if (!(bool)*ret || kvm_test_request(KVM_REQ_MMU_FREE_OBSOLETE_ROOTS, vcpu))
		return false;
	/* mmu_lock is held: one that begins from here on finds the SPTE and removes it. */
	if (!ctx || ctx->fault_removals == MMUW_REMOVAL_UNDER_WAY ||
	    ctx->fault_removals != mmuw_removals())
		return false;
	*ret = 0;
	return true;
}

/* Within KVM_PRE_FAULT_MEMORY the answer is always true: the pfn is looked up for ever. */
static bool always_stale(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
			 unsigned long *ret)
{
	const struct mmuw_context *ctx = mmuw_context();

	if (!ctx || !ctx->in_prefault)
		return false;
	*ret = 1;
	return true;
}

/*
 * The first hundred times that a fault on a page asks, for the first pages of a VM: its guest
 * has to get on at last.
 */
static DEFINE_RAW_SPINLOCK(stale_lock);
static struct kvm *stale_kvm;
static gfn_t stale_gfn;
static unsigned int stale_asked, stale_pages;

static int forget_stale(struct mmuw_plant *p)
{
	stale_kvm = NULL;
	return 0;
}

static bool stale_for_long(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
			   unsigned long *ret)
{
	const struct mmuw_context *ctx = mmuw_context();
	unsigned long flags;
	bool stale;

	if (!ctx || !ctx->in_fault || ctx->in_prefault)
		return false;
	raw_spin_lock_irqsave(&stale_lock, flags);
	if (stale_kvm != kvm)
		stale_pages = 0;
	if (stale_kvm != kvm || stale_gfn != ctx->fault_gfn) {
		stale_asked = 0;
		stale_pages++;
	}
	stale_kvm = kvm;
	stale_gfn = ctx->fault_gfn;
	stale = stale_asked < 100 && stale_pages < 64;
	stale_asked += stale;
	raw_spin_unlock_irqrestore(&stale_lock, flags);
	if (stale)
		*ret = 1;
	return stale;
}

static bool has_tdp_mmu(const struct kvm *kvm)
{
	const struct list_head *roots = &kvm->arch.tdp_mmu_roots;

	return roots->next && !list_empty(roots);	/* not even initialised without */
}

/*
 * The leaf SPTE of a gfn in the root that the vCPU runs on, NULL: none. As KVM, under
 * RCU, by which only the TDP MMU frees its tables: a shadow MMU has direct roots, too.
 */
static u64 *leaf_sptep(const struct kvm_vcpu *vcpu, gfn_t gfn)
{
	const struct kvm_mmu *mmu = vcpu->arch.mmu;
	unsigned int level = mmu->root_role.level;
	u64 *sptep, spte = mmu->root.hpa;

	if (!mmu->root_role.direct || !VALID_PAGE(mmu->root.hpa) ||
	    !has_tdp_mmu(vcpu->kvm))
		return NULL;
	for (; level >= PG_LEVEL_4K; level--) {
		sptep = (u64 *)__va(__sme_clr(spte) & SPTE_PFN_MASK) +
			((gfn >> (9 * (level - 1))) & 511);
		spte = READ_ONCE(*sptep);
		if (!(spte & SPTE_PRESENT))
			return NULL;
		if (level == PG_LEVEL_4K || spte & SPTE_HUGE)
			return sptep;
	}
	return NULL;
}

/*
 * Two vCPUs handle a fault on one page: the second, which reads, leaves W=1 D=0
 * of the first one's W=1 D=1 and nobody flushes. make_spte() up to 6.12 does the
 * first half by itself, and relies on the flush when the log is switched on.
 */
static DEFINE_RAW_SPINLOCK(last_lock);
static struct kvm *last_kvm, *dropped_kvm;
static gfn_t last_gfn;
static int last_vcpu;

static int forget_last(struct mmuw_plant *p)
{
	last_kvm = NULL;
	dropped_kvm = NULL;
	return 0;
}

static bool is_second(const struct kvm_vcpu *vcpu, gfn_t gfn, bool write)
{
	unsigned long flags;
	bool second;

	raw_spin_lock_irqsave(&last_lock, flags);
	second = last_kvm == vcpu->kvm && last_gfn == gfn && last_vcpu != vcpu->vcpu_id && !write;
	last_kvm = vcpu->kvm;
	last_gfn = gfn;
	last_vcpu = vcpu->vcpu_id;
	raw_spin_unlock_irqrestore(&last_lock, flags);
	return second;
}

static bool drop_dirty_bit(struct kvm_vcpu *vcpu, gfn_t gfn, bool write)
{
	u64 *sptep = is_second(vcpu, gfn, write) ? leaf_sptep(vcpu, gfn) : NULL;
	u64 spte;

	if (!sptep)
		return false;
	spte = READ_ONCE(*sptep);
	if (!(spte & SPTE_WRITABLE) ||
	    cmpxchg64(sptep, spte, spte & ~mmuw_spte_dirty_mask()) != spte)
		return false;
	WRITE_ONCE(dropped_kvm, vcpu->kvm);
	return true;
}

static enum mmuw_plant_act flush_after_drop(struct mmuw_plant *p, struct kvm *kvm,
					    const unsigned long *arg)
{
	return READ_ONCE(dropped_kvm) == kvm && mmuw_plant_in_region_ioctl(kvm) ?
		       MMUW_PLANT_SKIP : MMUW_PLANT_LEAVE;
}

/*
 * kvm_arch_vcpu_pre_fault_memory(vcpu, range), range beginning with a gpa: A is
 * cleared before KVM looks at the SPTE. Up to 6.12 KVM does so by itself, by a
 * change that is traced; this one is not.
 */
static enum mmuw_plant_act drop_accessed_bit(struct mmuw_plant *p, struct kvm *kvm,
					     const unsigned long *arg)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)arg[0];
	u64 *sptep = leaf_sptep(vcpu, *(u64 *)arg[1] >> PAGE_SHIFT);
	u64 spte = sptep ? READ_ONCE(*sptep) : 0;

	if (!(spte & mmuw_spte_accessed_mask()) ||
	    cmpxchg64(sptep, spte, spte & ~mmuw_spte_accessed_mask()) != spte)
		return MMUW_PLANT_LEAVE;
	return MMUW_PLANT_HIT;
}

/*
 * long kvm_arch_vcpu_pre_fault_memory(vcpu, range), range being a gpa and a size: it says that
 * it has mapped twice as much as it has.
 */
static bool skip_pages(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
		       unsigned long *ret)
{
	const u64 left = ((u64 *)arg[1])[1];

	if ((long)*ret <= 0 || left < 2 * *ret)
		return false;
	*ret *= 2;
	return true;
}

/* bool make_spte(vcpu, sp, slot, pte_access, gfn, kvm_pfn_t pfn, ...) */
static enum mmuw_plant_act clean_folio(struct mmuw_plant *p, struct kvm *kvm,
				       const unsigned long *arg)
{
	return mmuw_plant_clean_folio_of_read_fault(arg[5]);
}

struct mmuw_plant mmuw_plants_arch[] = {
	{ MMUW_PLANT_CLEAN_AT_READ_FAULT, .symbols = { "kvm:make_spte" },
	  .kvm_of = mmuw_plant_vcpu_first, .on_call = clean_folio },
	{ .name = "stale-check-skipped",
	  .what = "is_page_fault_stale() does not see that the pfn was invalidated since its look-up",
	  .origin = "001", .symbols = { "kvm:is_page_fault_stale" },
	  .kvm_of = mmuw_plant_vcpu_first, .on_return = not_stale, .session = true },
	{ .name = "prefault-always-stale",
	  .what = "is_page_fault_stale() says so for ever within KVM_PRE_FAULT_MEMORY",
	  .origin = "002", .symbols = { "kvm:is_page_fault_stale" },
	  .only_with = "kvm_arch_vcpu_pre_fault_memory",
	  .kvm_of = mmuw_plant_vcpu_first, .on_return = always_stale, .session = true },
	{ .name = "prefault-skips-pages",
	  .what = "KVM_PRE_FAULT_MEMORY leaves out every second page, and says that it has mapped it",
	  .origin = "002", .symbols = { "kvm_arch_vcpu_pre_fault_memory" },
	  .kvm_of = mmuw_plant_vcpu_first, .on_return = skip_pages, .session = true },
	{ .name = "fault-stale-for-long",
	  .what = "is_page_fault_stale() says so a hundred times to each of the first faults of a VM",
	  .origin = "002", .symbols = { "kvm:is_page_fault_stale" },
	  .kvm_of = mmuw_plant_vcpu_first, .on_return = stale_for_long, .session = true,
	  .begin = forget_stale },
	{ .name = "dirty-bit-lost-in-race",
	  .what = "the second of two vCPUs in one fault leaves W=1 D=0 of W=1 D=1, and no flush follows",
	  .origin = "002", .symbols = { "kvm_flush_remote_tlbs" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = flush_after_drop,
	  .begin = forget_last, .fault_end = drop_dirty_bit },
	{ .name = "huge-pages-not-recovered",
	  .what = "what was split for a log stays so when the log is off",
	  .origin = "all",
	  .symbols = { "kvm_mmu_recover_huge_pages", "kvm_mmu_zap_collapsible_sptes" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = mmuw_plant_always_skip },
	{ .name = "accessed-bit-lost-at-prefault",
	  .what = "KVM_PRE_FAULT_MEMORY clears the accessed bit of SPTEs that are there already",
	  .origin = "002", .symbols = { "kvm_arch_vcpu_pre_fault_memory" },
	  .kvm_of = mmuw_plant_vcpu_first, .on_call = drop_accessed_bit },
	{ }
};
