// SPDX-License-Identifier: GPL-2.0-only
/* arm64: how faults and stage-2 entries are read. */
#include <asm/kvm_emulate.h>
#include <linux/export.h>
#include <linux/kvm_host.h>

#include "hooks/arch.h"
#include "hooks/arm64/stage2.h"

/* A writable entry is a dirty one: hardware has no dirty bit that KVM would use. */
u8 mmuw_spte_bits(u64 pte, int level)
{
	u8 bits = MMUWITNESS_SPTE_PRESENT;

	if (!(pte & KVM_PTE_VALID))
		return 0;
	if (!mmuw_stage2_is_leaf(pte, level))
		return bits;
	bits |= MMUWITNESS_SPTE_LEAF;
	if (pte & MMUW_S2_WRITABLE)
		bits |= MMUWITNESS_SPTE_WRITABLE | MMUWITNESS_SPTE_DIRTY;
	if (pte & MMUW_S2_ACCESSED)
		bits |= MMUWITNESS_SPTE_ACCESSED;
	return bits;
}
EXPORT_SYMBOL_GPL(mmuw_spte_bits);

unsigned long mmuw_spte_pfn(u64 pte)
{
	return __phys_to_pfn(kvm_pte_to_phys(pte));
}
EXPORT_SYMBOL_GPL(mmuw_spte_pfn);

const char *mmuw_fault_symbol(void)
{
	return "kvm_handle_guest_abort";
}
EXPORT_SYMBOL_GPL(mmuw_fault_symbol);

bool mmuw_fault_retries(void)
{
	return false;
}

/* int kvm_handle_guest_abort(struct kvm_vcpu *vcpu) */
struct kvm_vcpu *mmuw_fault_args(const unsigned long *arg, struct mmuw_fault_event *e)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)arg[0];

	e->gfn = kvm_vcpu_get_fault_ipa(vcpu) >> PAGE_SHIFT;
	e->error_code = kvm_vcpu_get_esr(vcpu);
	e->write = kvm_is_write_fault(vcpu);
	return vcpu;
}
EXPORT_SYMBOL_GPL(mmuw_fault_args);
