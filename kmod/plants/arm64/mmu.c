// SPDX-License-Identifier: GPL-2.0-only
/* arm64: plants in the fault path. */
#include <linux/kvm_host.h>
#include <linux/mm.h>

#include "plants/plant.h"

/* int kvm_pgtable_stage2_map(pgt, addr, size, u64 phys, prot, ...) */
static enum mmuw_plant_act clean_folio(struct mmuw_plant *p, struct kvm *kvm,
				       const unsigned long *arg)
{
	return mmuw_plant_clean_folio_of_read_fault(arg[3] >> PAGE_SHIFT);
}

struct mmuw_plant mmuw_plants_arch[] = {
	{ MMUW_PLANT_CLEAN_AT_READ_FAULT, .symbols = { "kvm_pgtable_stage2_map" },
	  .on_call = clean_folio },
	{ }
};
