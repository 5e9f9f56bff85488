// SPDX-License-Identifier: GPL-2.0-only
#include "hooks/spte_event.h"

#include <linux/mm.h>

#include "hooks/arch.h"
#include "witness/context.h"
#include "witness/emit.h"
#include "witness/point.h"
#include "witness/lock.h"
#include "witness/page.h"
#include "witness/witnessed.h"

struct folio *mmuw_spte_folio(struct mmuw_spte_event *e, pgoff_t *index)
{
	u64 spte = mmuw_spte_bits(e->new_spte, e->level) ? e->new_spte : e->old_spte;

	return mmuw_folio_of_pfn(mmuw_spte_pfn(spte), &e->file, index);
}

struct kvm *mmuw_spte_kvm_by_page(struct mmuw_spte_event *e, atomic64_t *missed)
{
	struct kvm *only;
	pgoff_t index;

	if (!mmuw_spte_folio(e, &index))
		return NULL;
	only = mmuw_vm_only();
	if (!only)
		atomic64_inc(missed);
	return only;
}

void mmuw_emit_spte(struct kvm *kvm, struct mmuw_spte_event *e)
{
	struct folio *folio;
	pgoff_t index;

	if (!trace_mmuw_spte_enabled() && !READ_ONCE(mmuw_points_watched))
		return;
	e->bits_old = mmuw_spte_bits(e->old_spte, e->level);
	e->bits_new = mmuw_spte_bits(e->new_spte, e->level);
	if (e->bits_new & MMUWITNESS_SPTE_LEAF)
		e->pfn = mmuw_spte_pfn(e->new_spte) & ~(mmuw_spte_pages(e->level) - 1);
	/* Without mmu_lock the page may be somebody else's by now. */
	folio = e->fast ? NULL : mmuw_spte_folio(e, &index);
	if (folio) {
		e->index = index;
		e->page = mmuw_page_flags(folio, index);
	} else if (!e->fast && e->bits_new & MMUWITNESS_SPTE_LEAF) {
		e->page = mmuw_ksm_flag(mmuw_spte_pfn(e->new_spte));
	}
	e->vm = mmuw_vm_id(kvm);
	e->vcpu = mmuw_context_vcpu_id();
	e->by_kvm = mmuw_context_by_kvm();
	e->lock = mmuw_mmu_lock_state(kvm);
	e->inv_seq = READ_ONCE(kvm->mmu_invalidate_seq);
	e->inv_in_progress = READ_ONCE(kvm->mmu_invalidate_in_progress);
	/* A range of hvas up to 6.1, of gfns since. */
	if (__builtin_types_compatible_p(typeof(kvm->mmu_invalidate_range_start), gfn_t)) {
		e->inv_start = READ_ONCE(kvm->mmu_invalidate_range_start);
		e->inv_end = READ_ONCE(kvm->mmu_invalidate_range_end);
	}
	mmuw_emit(spte, e);
	if ((e->bits_old | e->bits_new) & MMUWITNESS_SPTE_LEAF)
		mmuw_pass(MMUW_POINT_SPTE_CHANGED, e->vm, e->vcpu, e->file, e->gfn,
			  mmuw_spte_pages(e->level));
}
