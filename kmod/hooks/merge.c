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
static void protect_enter(struct mmuw_call *call)
{
	struct mmuw_ksm_event e = { .phase = MMUWITNESS_BEGIN };

	if (!mmuw_is_session_mm(((struct vm_area_struct *)call->arg[0])->vm_mm))
		return;
	mmuw_enter_ksm();
	mmuw_hit(call);
	mmuw_emit(ksm, &e);
	call->wants_return = true;
}

static void protect_return(struct mmuw_call *call)
{
	struct mmuw_ksm_event e = { .phase = MMUWITNESS_END, .ret = (int)call->ret };

	mmuw_emit(ksm, &e);
	mmuw_leave_ksm();
}

/* void __mmu_notifier_change_pte(struct mm_struct *mm, unsigned long address, pte_t pte) */
static void change_pte(struct mmuw_call *call)
{
	struct mmuw_change_pte_event e = { .address = call->arg[1] };

	if (!mmuw_is_session_mm((struct mm_struct *)call->arg[0]))
		return;
	mmuw_hit(call);
	mmuw_emit(change_pte, &e);
}

const struct mmuw_hook mmuw_merge_hooks[] = {
	/* A constant argument may be left out by the compiler, but not the first. */
	{ .name = "ksm_write_protect",
	  .symbols = { "write_protect_page", "write_protect_page.constprop.0" },
	  .on_call = protect_enter, .on_return = protect_return },
	{ .name = "change_pte", .symbols = { "__mmu_notifier_change_pte" },
	  .on_call = change_pte },
	{ }
};
