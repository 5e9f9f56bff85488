// SPDX-License-Identifier: GPL-2.0-only
/* Where the reference MMU is broken on purpose, when there is a plant that says so. */
#include "reference/breaks.h"

#include <linux/rcupdate.h>

bool mmuw_ref_breaks(enum mmuw_break what, struct mmuw_ref_vm *vm)
{
	bool hit;
	u16 id;

	rcu_read_lock();	/* the session waits before it gives the id to another VM */
	id = READ_ONCE(vm->id);
	hit = id && mmuw_breaks(what, id);
	rcu_read_unlock();
	return hit;
}

bool mmuw_ref_breaks_flush(struct mmuw_ref_vm *vm, enum mmuw_ref_flush_reason why)
{
	static const enum mmuw_break breaks[] = {
		[MMUW_REF_FLUSH_COLLECTION] = MMUW_BREAK_FLUSH_COLLECTION,
		[MMUW_REF_FLUSH_LOG_ENABLE] = MMUW_BREAK_FLUSH_LOG_ENABLE,
		[MMUW_REF_FLUSH_NOTIFIER] = MMUW_BREAK_FLUSH_NOTIFIER,
		[MMUW_REF_FLUSH_ZAP] = MMUW_BREAK_FLUSH_ZAP,
		[MMUW_REF_FLUSH_AGING] = MMUW_BREAK_FLUSH_AGING,
	};

	return mmuw_ref_breaks(breaks[why], vm);
}

/* The event is also that of a fork, which shares anonymous pages with the child. */
bool mmuw_ref_breaks_unmap(struct mmuw_ref_vm *vm, const struct mmu_notifier_range *range,
			   u64 spte)
{
	return range->event == MMU_NOTIFY_PROTECTION_PAGE && spte & MMUWITNESS_REF_HELD &&
	       !PageAnon(mmuw_ref_page(spte)) &&
	       mmuw_ref_breaks(MMUW_BREAK_UNMAP_IN_MKCLEAN, vm);
}

bool mmuw_ref_breaks_mark(struct mmuw_ref_vm *vm)
{
	return mmuw_ref_breaks(MMUW_BREAK_MARK, vm) ||
	       mmuw_ref_breaks(MMUW_BREAK_MARK_ONE_IN_64, vm);
}

bool mmuw_ref_breaks_young(struct mmuw_ref_vm *vm, bool young)
{
	if (young && mmuw_ref_breaks(MMUW_BREAK_NOT_YOUNG, vm))
		return false;
	if (!young && mmuw_ref_breaks(MMUW_BREAK_ALWAYS_YOUNG, vm))
		return true;
	return young;
}

bool mmuw_ref_holds_pages(const struct mmuw_ref_vm *vm)
{
	return mmuw_ref_pins(vm) || vm->variant == MMUWITNESS_REF_PAGE_REFERENCE ||
	       mmuw_is_broken();
}
