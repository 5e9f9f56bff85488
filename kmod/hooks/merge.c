// SPDX-License-Identifier: GPL-2.0-only
/* mm that write-protects or replaces an anonymous page: KSM, and change_pte. */
#include <linux/mm.h>
#include <linux/mm_types.h>

#include "witness/context.h"
#include "witness/emit.h"
#include "hooks/hooks.h"
#include "witness/witnessed.h"

/*
 * int write_protect_page(struct vm_area_struct *vma, struct folio *folio, pte_t *orig_pte)
 *
 * Of mm/ksm.c: one bracket of notifiers, in which the PTE becomes read-only for a
 * merge. The second argument is a page up to 6.1.
 */
static bool protect_enter(struct mmuw_hook *h, struct mmuw_frame *f)
{
	struct mmuw_ksm_event e = { .phase = MMUWITNESS_BEGIN };

	if (!mmuw_is_session_mm(((struct vm_area_struct *)f->arg[0])->vm_mm))
		return false;
	mmuw_enter_ksm();
	atomic64_inc(&h->hits);
	mmuw_emit(ksm, &e);
	return true;
}

static void protect_return(struct mmuw_hook *h, struct mmuw_frame *f, unsigned long ret)
{
	struct mmuw_ksm_event e = { .phase = MMUWITNESS_END, .ret = (int)ret };

	mmuw_emit(ksm, &e);
	mmuw_leave_ksm();
}

/* void __mmu_notifier_change_pte(struct mm_struct *mm, unsigned long address, pte_t pte) */
static void change_pte(struct mmuw_hook *h, const unsigned long *arg)
{
	struct mmuw_change_pte_event e = { .address = arg[1] };

	if (!mmuw_is_session_mm((struct mm_struct *)arg[0]))
		return;
	atomic64_inc(&h->hits);
	mmuw_emit(change_pte, &e);
}

struct mmuw_hook mmuw_merge_hooks[] = {
	/* A constant argument may be left out by the compiler, but not the first. */
	{ .name = "ksm_write_protect",
	  .symbols = { "write_protect_page", "write_protect_page.constprop.0" },
	  .on_enter = protect_enter, .on_return = protect_return },
	{ .name = "change_pte", .symbols = { "__mmu_notifier_change_pte" },
	  .on_entry = change_pte },
	{ }
};
