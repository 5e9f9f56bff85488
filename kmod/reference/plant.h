/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the reference MMU can be broken on purpose; the plants are in plant.c. */
#ifndef _MMUWITNESS_REFERENCE_PLANT_H
#define _MMUWITNESS_REFERENCE_PLANT_H

#include "reference.h"

enum mmuw_ref_plant {
	MMUW_REF_PLANT_FLUSH_COLLECTION,	/* in the order of enum mmuw_ref_flush */
	MMUW_REF_PLANT_FLUSH_LOG_ENABLE,
	MMUW_REF_PLANT_FLUSH_NOTIFIER,
	MMUW_REF_PLANT_FLUSH_ZAP,
	MMUW_REF_PLANT_FLUSH_AGING,
	MMUW_REF_PLANT_UNMAP_IN_MKCLEAN,
	MMUW_REF_PLANT_STALE_CHECK_SKIPPED,
	MMUW_REF_PLANT_DIRTY_SKIPPED,
	MMUW_REF_PLANT_MARK_SKIPPED,
	MMUW_REF_PLANT_MARK_SKIPPED_ONE_IN_64,
	MMUW_REF_PLANT_MARK_NEXT_GFN,
	MMUW_REF_PLANT_RING_PUSH_DROPPED,
	MMUW_REF_PLANT_RING_RESET_DROPPED,
	MMUW_REF_PLANT_NOT_YOUNG,
	MMUW_REF_PLANT_ALWAYS_YOUNG,
};

/* The plant is there and concerns this VM: a hit. */
bool mmuw_ref_breaks(enum mmuw_ref_plant which, struct mmuw_ref_vm *vm);
bool mmuw_ref_breaks_flush(struct mmuw_ref_vm *vm, enum mmuw_ref_flush why);
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

#endif /* _MMUWITNESS_REFERENCE_PLANT_H */
