// SPDX-License-Identifier: GPL-2.0-only
/* What mm tells the reference MMU: pages go, pages are aged. */
#include "reference/breaks.h"
#include "reference/reference.h"
#include "reference/tell.h"

struct gfns {
	u64 first, end;
};

static struct gfns clip(const struct mmuw_ref_slot *slot, unsigned long start, unsigned long end)
{
	unsigned long last = slot->hva + (slot->pages << PAGE_SHIFT);

	start = max(start, slot->hva);
	end = min(end, last);
	if (start >= end)
		return (struct gfns){ };
	return (struct gfns){
		.first = slot->gfn + ((start - slot->hva) >> PAGE_SHIFT),
		.end = slot->gfn + ((end - slot->hva + PAGE_SIZE - 1) >> PAGE_SHIFT),
	};
}

/*
 * The variant of thread 004 that is like a TLB: nobody claims a translation, so of
 * two invalidations of one page each finds it, and each marks the folio; nothing
 * says that the other one's writeback has not begun by then.
 */
static void mark_dirty(struct mmuw_ref_slot *slot, u64 first, u64 end)
{
	struct mmuw_ref_vm *vm = slot->vm;
	struct page *page;
	u64 gfn, spte;

	for (gfn = first; gfn < end; gfn++) {
		spin_lock(&vm->lock);
		spte = mmuw_ref_load(vm, gfn);
		page = spte & MMUWITNESS_REF_DIRTY ? mmuw_ref_page(spte) : NULL;
		/* The mapping that is being invalidated still holds the page. */
		if (page)
			get_page(page);
		spin_unlock(&vm->lock);
		if (!page)
			continue;
		mmuw_ref_mark_folio(vm, NULL, page, false);
		put_page(page);
	}
}

static bool invalidate(struct mmu_interval_notifier *notifier,
		       const struct mmu_notifier_range *range, unsigned long seq)
{
	struct mmuw_ref_slot *slot = container_of(notifier, struct mmuw_ref_slot, notifier);
	struct mmuw_ref_vm *vm = slot->vm;
	struct gfns r;

	spin_lock(&vm->lock);
	mmu_interval_set_seq(notifier, seq);
	r = clip(slot, range->start, range->end);
	if (vm->variant == MMUWITNESS_REF_DIRTY_AT_INVALIDATE) {
		spin_unlock(&vm->lock);
		mark_dirty(slot, r.first, r.end);
		spin_lock(&vm->lock);
		r = clip(slot, range->start, range->end);	/* it may have been moved */
	}
	mmuw_ref_zap_and_flush(slot, r.first, r.end, range, MMUW_REF_FLUSH_NOTIFIER);
	spin_unlock(&vm->lock);
	return true;
}

const struct mmu_interval_notifier_ops mmuw_ref_interval_ops = { .invalidate = invalidate };

/* With lock held. True: one of them was young. */
static bool age_slot(struct mmuw_ref_slot *slot, struct gfns r, bool clear)
{
	bool young = false;
	u64 gfn, spte;

	for (gfn = r.first; gfn < r.end; gfn++) {
		spte = mmuw_ref_load(slot->vm, gfn);
		if (!(spte & MMUWITNESS_REF_ACCESSED))
			continue;
		young = true;
		if (clear)
			mmuw_ref_store(slot, NULL, gfn, spte & ~(u64)MMUWITNESS_REF_ACCESSED);
	}
	return young;
}

static bool age(struct mmu_notifier *aging, unsigned long start, unsigned long end, u8 op)
{
	struct mmuw_ref_vm *vm = container_of(aging, struct mmuw_ref_vm, aging);
	bool young = false, ours = false;
	struct gfns r;
	unsigned int i;

	mmuw_ref_tell_young(vm, op, MMUWITNESS_BEGIN, start, end, false);
	spin_lock(&vm->lock);
	for (i = 0; i < MMUW_REF_SLOTS; i++) {
		if (!vm->slots[i])
			continue;
		r = clip(vm->slots[i], start, end);
		ours |= r.first < r.end;
		young |= age_slot(vm->slots[i], r, op != MMUWITNESS_YOUNG_TEST);
	}
	if (ours)
		young = mmuw_ref_breaks_young(vm, young);
	if (young && op == MMUWITNESS_YOUNG_CLEAR_FLUSH)
		mmuw_ref_flush(vm, MMUW_REF_FLUSH_AGING);
	spin_unlock(&vm->lock);
	mmuw_ref_tell_young(vm, op, MMUWITNESS_END, start, end, young);
	return young;
}

/* An int, bool since 7.1. */
#define YOUNG(name, ...) typeof(((struct mmu_notifier_ops *)NULL)->name(__VA_ARGS__)) name

static YOUNG(clear_flush_young, NULL, NULL, 0, 0)(struct mmu_notifier *aging,
		struct mm_struct *mm, unsigned long start, unsigned long end)
{
	return age(aging, start, end, MMUWITNESS_YOUNG_CLEAR_FLUSH);
}

static YOUNG(clear_young, NULL, NULL, 0, 0)(struct mmu_notifier *aging,
		struct mm_struct *mm, unsigned long start, unsigned long end)
{
	return age(aging, start, end, MMUWITNESS_YOUNG_CLEAR);
}

static YOUNG(test_young, NULL, NULL, 0)(struct mmu_notifier *aging, struct mm_struct *mm,
		unsigned long address)
{
	return age(aging, address, address + 1, MMUWITNESS_YOUNG_TEST);
}

const struct mmu_notifier_ops mmuw_ref_aging_ops = {
	.clear_flush_young = clear_flush_young,
	.clear_young = clear_young,
	.test_young = test_young,
};
