// SPDX-License-Identifier: GPL-2.0-only
/* x86: how faults and SPTEs of the TDP MMU are read. */
#include <linux/export.h>
#include <linux/kvm_host.h>

#include "hooks/arch.h"
#include "hooks/x86/spte.h"

u8 mmuw_spte_bits(u64 spte, int level)
{
	u8 bits = 0;

	if (!(spte & SPTE_PRESENT))
		return 0;
	bits |= MMUWITNESS_SPTE_PRESENT;
	if (level == PG_LEVEL_4K || spte & SPTE_HUGE)
		bits |= MMUWITNESS_SPTE_LEAF;
	if (spte & SPTE_WRITABLE)
		bits |= MMUWITNESS_SPTE_WRITABLE;
	if (spte & mmuw_spte_dirty_mask())
		bits |= MMUWITNESS_SPTE_DIRTY;
	if (spte & mmuw_spte_accessed_mask())
		bits |= MMUWITNESS_SPTE_ACCESSED;
	/*
	 * Where the hardware has no such bits, KVM takes a writable SPTE to be dirty, and one
	 * that permits anything to be accessed: is_dirty_spte(), is_accessed_spte(). Since 6.13
	 * it sets the bits itself, to the same effect.
	 */
	if ((spte & SPTE_AD_MASK) == SPTE_AD_DISABLED) {
		if (spte & SPTE_WRITABLE)
			bits |= MMUWITNESS_SPTE_DIRTY;
		if (spte & SPTE_EPT_RWX)
			bits |= MMUWITNESS_SPTE_ACCESSED;
	}
	return bits;
}
EXPORT_SYMBOL_GPL(mmuw_spte_bits);

unsigned long mmuw_spte_pfn(u64 spte)
{
	return (__sme_clr(spte) & SPTE_PFN_MASK) >> PAGE_SHIFT;
}
EXPORT_SYMBOL_GPL(mmuw_spte_pfn);

const char *mmuw_fault_symbol(void)
{
	return "kvm_mmu_page_fault";
}
EXPORT_SYMBOL_GPL(mmuw_fault_symbol);

bool mmuw_fault_retries(void)
{
	return false;
}

/* int kvm_mmu_page_fault(struct kvm_vcpu *vcpu, gpa_t cr2_or_gpa, u64 error_code, ...) */
struct kvm_vcpu *mmuw_fault_args(const unsigned long *arg, struct mmuw_fault_event *e)
{
	e->gfn = arg[1] >> PAGE_SHIFT;
	e->error_code = arg[2];
	e->write = !!(arg[2] & PFERR_WRITE_MASK);
	return (struct kvm_vcpu *)arg[0];
}
EXPORT_SYMBOL_GPL(mmuw_fault_args);
