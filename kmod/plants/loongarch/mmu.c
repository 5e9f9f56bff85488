// SPDX-License-Identifier: GPL-2.0-only
/* LoongArch: plants in the fault path, and on requests to flush. */
#include <linux/kvm_host.h>
#include <linux/mm.h>

#include "hooks/arch.h"
#include "witness/context.h"
#include "hooks/flush.h"
#include "witness/symbol.h"
#include "witness/page.h"
#include "plants/plant.h"

/* kvm_make_all_cpus_request(kvm, req) */
struct kvm *mmuw_plant_flush_request(const unsigned long *arg)
{
	return mmuw_is_request(arg[1], KVM_REQ_TLB_FLUSH) ? mmuw_plant_kvm_first(arg) : NULL;
}

/* void kvm_release_page_dirty(struct page *page), by a read fault that made an entry of it */
static enum mmuw_plant_act clean_folio(struct mmuw_plant *p, struct kvm *kvm,
				       const unsigned long *arg)
{
	struct page *page = (struct page *)arg[0];

	return page ? mmuw_plant_clean_folio_of_read_fault(page_to_pfn(page)) : MMUW_PLANT_LEAVE;
}

/*
 * As up to 6.12: a read fault of a logged page makes a writable entry and leaves the
 * folio to the fast path, which marks it when it has dropped mmu_lock.
 */
static enum mmuw_plant_act leave_to_fast_path(struct mmuw_plant *p, struct kvm *kvm,
					      const unsigned long *arg)
{
	struct mmuw_context *ctx = mmuw_context();
	const struct kvm_memory_slot *slot;

	if (!ctx || !ctx->in_fault || ctx->fault_write)
		return MMUW_PLANT_LEAVE;
	slot = __gfn_to_memslot(kvm_memslots(kvm), ctx->fault_gfn);
	return slot && kvm_slot_dirty_track_enabled(slot) ? MMUW_PLANT_REDIRECT : MMUW_PLANT_LEAVE;
}

static void (*release_page_dirty)(struct page *page);

static int find_release(struct mmuw_plant *p)
{
	release_page_dirty = (void *)mmuw_symbol_address("kvm_release_page_dirty");
	return release_page_dirty ? 0 : -EOPNOTSUPP;
}

/* The fast path had it if the entry was looked up, and none was made. */
static bool mark_in_fast_path(struct kvm_vcpu *vcpu, gfn_t gfn, bool write)
{
	unsigned long pfn;
	struct mmuw_context *ctx = mmuw_context();
	struct folio *folio;
	pgoff_t index;
	u16 file;

	if (!ctx || !write || !ctx->fault_sptep || !mmuw_spte_bits(ctx->fault_spte, 1))
		return false;
	pfn = mmuw_spte_pfn(ctx->fault_spte);
	folio = mmuw_folio_of_pfn(pfn, &file, &index);
	if (!folio || !folio_try_get(folio))
		return false;
	release_page_dirty(pfn_to_page(pfn));	/* drops the reference */
	return true;
}

struct mmuw_plant mmuw_plants_arch[] = {
	{ MMUW_PLANT_CLEAN_AT_READ_FAULT, .symbols = { "kvm_release_page_dirty" },
	  .on_call = clean_folio },
	{ .name = "dirtied-after-unlock",
	  .what = "the fast path of a fault marks the folio dirty, and after it has dropped mmu_lock",
	  .origin = "000", .symbols = { "kvm_release_page_dirty" },
	  .instead = { "kvm_release_page_clean" }, .on_call = leave_to_fast_path,
	  .begin = find_release, .fault_end = mark_in_fast_path, .session = true },
	{ }
};
