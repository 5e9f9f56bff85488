/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the reference MMU can be broken on purpose; the plants are in plants/. */
#ifndef _MMUWITNESS_REFERENCE_BREAKS_H
#define _MMUWITNESS_REFERENCE_BREAKS_H

#include "reference/reference.h"
#include "witness/breaker.h"

/* The plant is there and concerns this VM: a hit. */
bool mmuw_ref_breaks(enum mmuw_break what, struct mmuw_ref_vm *vm);
bool mmuw_ref_breaks_flush(struct mmuw_ref_vm *vm, enum mmuw_ref_flush_reason why);
/* This translation stays, though the range is being invalidated. */
bool mmuw_ref_breaks_unmap(struct mmuw_ref_vm *vm, const struct mmu_notifier_range *range,
			   u64 spte);
bool mmuw_ref_breaks_mark(struct mmuw_ref_vm *vm);
bool mmuw_ref_breaks_young(struct mmuw_ref_vm *vm, bool young);

/*
 * Translations and TLB entries hold references to their pages: the variant does, or
 * there is a plant, whose stale translations shall harm the file under test only.
 */
bool mmuw_ref_holds_pages(const struct mmuw_ref_vm *vm);

#endif /* _MMUWITNESS_REFERENCE_BREAKS_H */
