/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of leaf SPTEs, put on record. */
#ifndef _MMUWITNESS_SPTE_EVENT_H
#define _MMUWITNESS_SPTE_EVENT_H

#include <linux/kvm_host.h>

#include "witness/events.h"

/* Small pages that a leaf of this level maps: a table fills one page with 8-byte entries. */
static inline u64 mmuw_spte_pages(int level)
{
	return 1ULL << ((level - 1) * (PAGE_SHIFT - 3));
}

/* The folio behind the new SPTE, or the old one if that is gone; sets e->file. */
struct folio *mmuw_spte_folio(struct mmuw_spte_event *e, pgoff_t *index);
/*
 * Whose SPTE it is when the task does not say: a worker of KVM changes it (6.1 zaps roots in
 * one, NX recovery is another), or whoever writes kvm.nx_huge_pages, punches a hole or is
 * the last user of the mm. It is a witnessed VM's if its page is of a witnessed file; NULL:
 * another's, or, which is counted in *missed, nobody can tell of which.
 */
struct kvm *mmuw_spte_kvm_by_page(struct mmuw_spte_event *e, atomic64_t *missed);
/* e: gfn, level, old_spte, new_spte and fast, as_id if set; the rest is filled in here. */
void mmuw_emit_spte(struct kvm *kvm, struct mmuw_spte_event *e);

#endif /* _MMUWITNESS_SPTE_EVENT_H */
