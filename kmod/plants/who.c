// SPDX-License-Identifier: GPL-2.0-only
/* For whom a call is, and what its task is doing: what the plants ask, to be narrow. */
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "plants/plant.h"
#include "witness/context.h"
#include "witness/page.h"

struct kvm *mmuw_plant_kvm_first(const unsigned long *arg)
{
	return (struct kvm *)arg[0];
}

struct kvm *mmuw_plant_vcpu_first(const unsigned long *arg)
{
	return ((struct kvm_vcpu *)arg[0])->kvm;
}

bool mmuw_plant_in_ioctl(const struct kvm *kvm, unsigned int ioctl)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && !ctx->in_notifier && ctx->kvm == kvm && ctx->ioctl == ioctl;
}

bool mmuw_plant_in_region_ioctl(const struct kvm *kvm)
{
#ifdef KVM_SET_USER_MEMORY_REGION2
	if (mmuw_plant_in_ioctl(kvm, KVM_SET_USER_MEMORY_REGION2))
		return true;
#endif
	return mmuw_plant_in_ioctl(kvm, KVM_SET_USER_MEMORY_REGION);
}

bool mmuw_plant_in_read_fault(void)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->in_fault && !ctx->fault_write;
}

enum mmuw_plant_act mmuw_plant_clean_folio_of_read_fault(unsigned long pfn)
{
	struct folio *folio;
	pgoff_t index;
	u16 file;

	if (!mmuw_plant_in_read_fault())
		return MMUW_PLANT_LEAVE;
	folio = mmuw_folio_of_pfn(pfn, &file, &index);
	if (!folio || folio_test_locked(folio) || !folio_test_clear_dirty(folio))
		return MMUW_PLANT_LEAVE;
	return MMUW_PLANT_HIT;
}
