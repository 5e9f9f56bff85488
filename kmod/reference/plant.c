// SPDX-License-Identifier: GPL-2.0-only
/* Plants of the reference MMU. Each has the name of KVM's plant that it stands for. */
#include "plant.h"

#include <linux/build_bug.h>
#include <linux/rcupdate.h>

#include "../plant.h"

struct mmuw_plant mmuw_plants_ref[] = {
	[MMUW_REF_PLANT_FLUSH_COLLECTION] = {
		.name = "flush-skipped-in-log-collection",
		.what = "collecting the dirty log write-protects without a TLB flush",
		.origin = "002" },
	[MMUW_REF_PLANT_FLUSH_LOG_ENABLE] = {
		.name = "flush-skipped-in-log-enable",
		.what = "switching on the dirty log write-protects without a TLB flush",
		.origin = "002" },
	[MMUW_REF_PLANT_FLUSH_NOTIFIER] = {
		.name = "flush-skipped-in-notifier",
		.what = "the notifier removes translations without a TLB flush",
		.origin = "001, 004" },
	[MMUW_REF_PLANT_FLUSH_ZAP] = {
		.name = "flush-skipped-in-zap",
		.what = "a memslot goes without a TLB flush", .origin = "001" },
	[MMUW_REF_PLANT_FLUSH_AGING] = {
		.name = "aging-never-flushes",
		.what = "clear_flush_young does not flush TLBs", .origin = "002" },
	[MMUW_REF_PLANT_UNMAP_IN_MKCLEAN] = {
		.name = "unmap-skipped-in-mkclean",
		.what = "the notifier leaves the translation when writeback write-protects a page",
		.origin = "001, 004" },
	[MMUW_REF_PLANT_STALE_CHECK_SKIPPED] = {
		.name = "stale-check-skipped",
		.what = "a fault uses its pfn although an invalidation came in between",
		.origin = "001" },
	[MMUW_REF_PLANT_DIRTY_SKIPPED] = {
		.name = "kvm-dirty-skipped",
		.what = "the folio of a writable translation is never marked dirty",
		.origin = "000, 004" },
	[MMUW_REF_PLANT_MARK_SKIPPED] = {
		.name = "log-mark-skipped",
		.what = "guest writes are not marked in the dirty log", .origin = "002" },
	[MMUW_REF_PLANT_MARK_SKIPPED_ONE_IN_64] = {
		.name = "log-mark-skipped-one-in-64",
		.what = "one guest write in 64 is not marked in the dirty log", .origin = "002" },
	[MMUW_REF_PLANT_MARK_NEXT_GFN] = {
		.name = "log-mark-next-gfn",
		.what = "a guest write marks the next page as well (bitmap only)",
		.origin = "002" },
	[MMUW_REF_PLANT_RING_PUSH_DROPPED] = {
		.name = "ring-push-dropped",
		.what = "entries are not pushed to the dirty ring", .origin = "002" },
	[MMUW_REF_PLANT_RING_RESET_DROPPED] = {
		.name = "ring-reset-dropped",
		.what = "resetting a dirty ring does not write-protect its pages",
		.origin = "002" },
	[MMUW_REF_PLANT_NOT_YOUNG] = {
		.name = "aging-says-not-young",
		.what = "aging an accessed page answers that it was not young", .origin = "002" },
	[MMUW_REF_PLANT_ALWAYS_YOUNG] = {
		.name = "aging-always-flushes",
		.what = "aging answers young whatever it finds, and so clear_flush_young always flushes",
		.origin = "002" },
	{ }
};

static_assert((int)MMUW_REF_PLANT_FLUSH_AGING == (int)MMUW_REF_FLUSH_AGING);

bool mmuw_ref_breaks(enum mmuw_ref_plant which, struct mmuw_ref_vm *vm)
{
	bool hit;
	u16 id;

	rcu_read_lock();	/* the session waits before it gives the id to another VM */
	id = READ_ONCE(vm->id);
	hit = id && mmuw_plant_hits(&mmuw_plants_ref[which], id);
	rcu_read_unlock();
	return hit;
}

bool mmuw_ref_breaks_flush(struct mmuw_ref_vm *vm, enum mmuw_ref_flush why)
{
	return mmuw_ref_breaks((enum mmuw_ref_plant)why, vm);
}

/* The event is also that of a fork, which shares anonymous pages with the child. */
bool mmuw_ref_breaks_unmap(struct mmuw_ref_vm *vm, const struct mmu_notifier_range *range,
			   u64 spte)
{
	return range->event == MMU_NOTIFY_PROTECTION_PAGE && spte & MMUWITNESS_REF_HELD &&
	       !PageAnon(mmuw_ref_page(spte)) &&
	       mmuw_ref_breaks(MMUW_REF_PLANT_UNMAP_IN_MKCLEAN, vm);
}

bool mmuw_ref_breaks_mark(struct mmuw_ref_vm *vm)
{
	struct mmuw_plant *one_in_64 = &mmuw_plants_ref[MMUW_REF_PLANT_MARK_SKIPPED_ONE_IN_64];

	if (mmuw_ref_breaks(MMUW_REF_PLANT_MARK_SKIPPED, vm))
		return true;
	return atomic64_inc_return(&one_in_64->calls) % 64 == 0 &&
	       mmuw_ref_breaks(MMUW_REF_PLANT_MARK_SKIPPED_ONE_IN_64, vm);
}

bool mmuw_ref_breaks_young(struct mmuw_ref_vm *vm, bool young)
{
	if (young && mmuw_ref_breaks(MMUW_REF_PLANT_NOT_YOUNG, vm))
		return false;
	if (!young && mmuw_ref_breaks(MMUW_REF_PLANT_ALWAYS_YOUNG, vm))
		return true;
	return young;
}

bool mmuw_ref_holds_pages(const struct mmuw_ref_vm *vm)
{
	return mmuw_ref_pins(vm) || vm->variant == MMUWITNESS_REF_PAGE_REFERENCE ||
	       mmuw_plant_is_set();
}
