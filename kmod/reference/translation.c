// SPDX-License-Identifier: GPL-2.0-only
/* Translations, and what goes with one that is made, protected or removed. */
#include "reference/breaks.h"
#include "reference/reference.h"
#include "reference/tell.h"

u64 mmuw_ref_load(struct mmuw_ref_vm *vm, u64 gfn)
{
	void *entry = xa_load(&vm->translations, gfn);

	return entry ? xa_to_value(entry) : 0;
}

void mmuw_ref_store(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn, u64 spte)
{
	struct mmuw_ref_vm *vm = slot->vm;
	u64 old = mmuw_ref_load(vm, gfn);

	lockdep_assert_held(&vm->lock);
	/* The entry is there, so this allocates nothing (slot.c, reserve()). */
	xa_store(&vm->translations, gfn, xa_mk_value(spte), GFP_ATOMIC);
	mmuw_ref_tell_spte(slot, vcpu, gfn, old, spte);
}

/*
 * folio_mark_dirty() does not sleep for a folio whose filesystem was told of the
 * write, and get_user_pages() for writing has seen to that.
 */
void mmuw_ref_mark_folio(struct mmuw_ref_vm *vm, struct mmuw_ref_vcpu *vcpu, struct page *page,
			 bool locked)
{
	if (mmuw_ref_breaks(MMUW_BREAK_DIRTY, vm))
		return;
	mmuw_ref_tell_dirty(vm, vcpu, page, locked);
	folio_mark_dirty(page_folio(page));
}

static void remove(struct mmuw_ref_slot *slot, u64 gfn, u64 spte, bool mark)
{
	struct page *page = mmuw_ref_page(spte);

	mmuw_ref_store(slot, NULL, gfn, 0);
	if (mark && spte & MMUWITNESS_REF_DIRTY)
		mmuw_ref_mark_folio(slot->vm, NULL, page, true);
	if (spte & MMUWITNESS_REF_HELD)
		put_page(page);
}

bool mmuw_ref_zap(struct mmuw_ref_slot *slot, u64 first, u64 end,
		  const struct mmu_notifier_range *range)
{
	enum mmuwitness_ref_variant variant = slot->vm->variant;
	bool mark = variant == MMUWITNESS_REF_DIRTY_AT_UNMAP ||
		    (variant == MMUWITNESS_REF_DIRTY_AT_INVALIDATE && !range);
	bool any = false;
	u64 gfn, spte;

	lockdep_assert_held(&slot->vm->lock);
	for (gfn = first; gfn < end; gfn++) {
		spte = mmuw_ref_load(slot->vm, gfn);
		if (!(spte & MMUWITNESS_REF_PRESENT) ||
		    (range && mmuw_ref_breaks_unmap(slot->vm, range, spte)))
			continue;
		remove(slot, gfn, spte, mark);
		any = true;
	}
	return any;
}

void mmuw_ref_unpin_page(struct mmuw_ref_vm *vm, u64 spte)
{
	struct page *page = mmuw_ref_page(spte);
	bool dirty = spte & MMUWITNESS_REF_DIRTY;

	if (dirty)
		mmuw_ref_tell_dirty(vm, NULL, page, false);
	unpin_user_pages_dirty_lock(&page, 1, dirty);
}

bool mmuw_ref_protect(struct mmuw_ref_slot *slot, u64 first, u64 end, const unsigned long *which)
{
	bool any = false;
	u64 gfn, spte;

	lockdep_assert_held(&slot->vm->lock);
	for (gfn = first; gfn < end; gfn++) {
		if (which && !test_bit(gfn - slot->gfn, which))
			continue;
		spte = mmuw_ref_load(slot->vm, gfn);
		/* D stays: whoever marks the folio later goes by it. */
		if (spte & MMUWITNESS_REF_WRITABLE) {
			mmuw_ref_store(slot, NULL, gfn, spte & ~MMUWITNESS_REF_WRITABLE);
			any = true;
		}
		/* Whoever finds the translation meanwhile, and removes it, flushes. */
		if (gfn % MMUW_REF_BATCH == MMUW_REF_BATCH - 1)
			cond_resched_lock(&slot->vm->lock);
	}
	return any;
}
