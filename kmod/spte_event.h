/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of leaf SPTEs, put on record. */
#ifndef _MMUWITNESS_SPTE_EVENT_H
#define _MMUWITNESS_SPTE_EVENT_H

#include <linux/kvm_host.h>

#include "events.h"

/* Small pages that a leaf of this level maps: a table fills one page with 8-byte entries. */
static inline u64 mmuw_spte_pages(int level)
{
	return 1ULL << ((level - 1) * (PAGE_SHIFT - 3));
}

/* The folio behind the new SPTE, or the old one if that is gone; sets e->file. */
struct folio *mmuw_spte_folio(struct mmuw_spte_event *e, pgoff_t *index);
/* e: gfn, level, old, new and fast, as_id if set; the rest is filled in here. */
void mmuw_emit_spte(struct kvm *kvm, struct mmuw_spte_event *e);

#endif /* _MMUWITNESS_SPTE_EVENT_H */
