// SPDX-License-Identifier: GPL-2.0-only
/* Plants in KVM's fault path: what it forgets to check, and to mark. */
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "witness/context.h"
#include "witness/page.h"
#include "plants/plant.h"

/*
 * void kvm_set_pfn_dirty(kvm_pfn_t pfn), up to 6.12
 * void kvm_release_page_dirty(struct page *page), since 6.13: drops a reference, too
 */
static enum mmuw_plant_act do_not_mark(struct mmuw_plant *p, struct kvm *kvm,
				       const unsigned long *arg)
{
	return p->redirect ? MMUW_PLANT_REDIRECT : MMUW_PLANT_SKIP;
}

static enum mmuw_plant_act do_not_mark_on_read(struct mmuw_plant *p, struct kvm *kvm,
					       const unsigned long *arg)
{
	return mmuw_plant_in_read_fault() ? do_not_mark(p, kvm, arg) : MMUW_PLANT_LEAVE;
}

struct mmuw_plant mmuw_plants_fault[] = {
	{ .name = "kvm-dirty-skipped",
	  .what = "KVM never marks a folio dirty",
	  .origin = "000, 004", .symbols = { "kvm_set_pfn_dirty", "kvm_release_page_dirty" },
	  .instead = { NULL, "kvm_release_page_clean" }, .on_call = do_not_mark },
	{ .name = "kvm-dirty-skipped-on-read-fault",
	  .what = "a read fault makes a writable SPTE and KVM does not mark the folio dirty",
	  .origin = "000", .symbols = { "kvm_release_page_dirty" },
	  .instead = { "kvm_release_page_clean" }, .not_with = "kvm_set_pfn_dirty",
	  .on_call = do_not_mark_on_read, .faults = true },
	{ }
};
