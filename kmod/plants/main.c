// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmuwitness-plants.ko: breaks this kernel on purpose, when a session asks for it. A
 * machine on which nobody shall do that does not have it.
 */
#include <linux/module.h>

#include "plants/plant.h"

static struct mmuw_plant *const kvm[] = {
	mmuw_plants_kvm, mmuw_plants_folio, mmuw_plants_fault,
	mmuw_plants_mm, mmuw_plants_copy, mmuw_plants_arch, NULL
};

static struct mmuw_plant *const reference[] = {
	mmuw_plants_ref, mmuw_plants_folio, NULL
};

static const struct mmuw_plant_tables tables = { .kvm = kvm, .reference = reference };

static int __init plants_init(void)
{
	return mmuw_plants_register(&tables);
}

static void __exit plants_exit(void)
{
	mmuw_plants_unregister();
}

module_init(plants_init);
module_exit(plants_exit);

MODULE_DESCRIPTION("Faults that mmuwitness plants into KVM and mm, to see that it notices");
MODULE_LICENSE("GPL");
