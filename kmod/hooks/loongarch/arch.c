// SPDX-License-Identifier: GPL-2.0-only
/* LoongArch: how faults and entries of the GPA page table are read. */
#include <linux/export.h>
#include <linux/kvm_host.h>

#include <asm/kvm_mmu.h>

#include "hooks/arch.h"
#include "hooks/loongarch/pte.h"

/*
 * A writable entry is a dirty one (kvm_pte_dirty()): the hardware's D is the
 * right to write. An old one is present and not valid.
 */
u8 mmuw_spte_bits(u64 pte, int level)
{
	u8 bits = MMUWITNESS_SPTE_PRESENT | MMUWITNESS_SPTE_LEAF;

	/* A table: its physical address; none: the virtual address of an empty one. */
	if (level > 1 && !mmuw_is_huge_pte(pte))
		return (s64)pte > 0 ? MMUWITNESS_SPTE_PRESENT : 0;
	if (!(pte & _PAGE_PRESENT))
		return 0;
	if (kvm_pte_dirty(pte))
		bits |= MMUWITNESS_SPTE_WRITABLE | MMUWITNESS_SPTE_DIRTY;
	if (kvm_pte_young(pte))
		bits |= MMUWITNESS_SPTE_ACCESSED;
	return bits;
}
EXPORT_SYMBOL_GPL(mmuw_spte_bits);

unsigned long mmuw_spte_pfn(u64 pte)
{
	return kvm_pte_pfn(pte);
}
EXPORT_SYMBOL_GPL(mmuw_spte_pfn);

const char *mmuw_fault_symbol(void)
{
	return "kvm_handle_mm_fault";
}
EXPORT_SYMBOL_GPL(mmuw_fault_symbol);

bool mmuw_fault_retries(void)
{
	return true;
}

/* int kvm_handle_mm_fault(struct kvm_vcpu *vcpu, unsigned long gpa, bool write, ...) */
struct kvm_vcpu *mmuw_fault_args(const unsigned long *arg, struct mmuw_fault_event *e)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)arg[0];

	e->gfn = arg[1] >> PAGE_SHIFT;
	e->error_code = vcpu->arch.host_estat;
	e->write = (bool)arg[2];
	return vcpu;
}
EXPORT_SYMBOL_GPL(mmuw_fault_args);
