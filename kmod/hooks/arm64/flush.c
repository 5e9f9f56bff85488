// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64: TLB invalidations are broadcast by hardware (TLBI ...IS); KVM's
 * functions return when they are complete.
 */
#include <asm/cpufeature.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/virt.h>

#include "hooks/flush.h"
#include "hooks/hooks.h"
#include "witness/symbol.h"

/*
 * int kvm_arch_flush_remote_tlbs(struct kvm *kvm)
 * void kvm_flush_remote_tlbs(struct kvm *kvm), this architecture's own in 6.1
 */
static void flush(struct mmuw_call *call)
{
	mmuw_emit_flush(call, (struct kvm *)call->arg[0], MMUWITNESS_FLUSH_REQUEST, 0, 0);
}

static void flush_return(struct mmuw_call *call)
{
	mmuw_emit_flush(call, (struct kvm *)call->arg[0], MMUWITNESS_FLUSH_DONE, 0, 0);
}

static void range(struct mmuw_call *call, u64 bytes, u8 phase)
{
	struct kvm_s2_mmu *mmu = (struct kvm_s2_mmu *)call->arg[0];

	mmuw_emit_flush(call, kvm_s2_mmu_to_kvm(mmu), phase, call->arg[1] >> PAGE_SHIFT,
			bytes >> PAGE_SHIFT);
}

/* void kvm_tlb_flush_vmid_range(struct kvm_s2_mmu *mmu, phys_addr_t addr, size_t size) */
static void flush_range(struct mmuw_call *call)
{
	range(call, call->arg[2], MMUWITNESS_FLUSH_REQUEST);
}

static void flush_range_return(struct mmuw_call *call)
{
	range(call, call->arg[2], MMUWITNESS_FLUSH_DONE);
}

/* void __kvm_tlb_flush_vmid_ipa(struct kvm_s2_mmu *mmu, phys_addr_t ipa, int level), VHE's */
static void flush_page(struct mmuw_call *call)
{
	range(call, PAGE_SIZE, MMUWITNESS_FLUSH_REQUEST);
}

static void flush_page_return(struct mmuw_call *call)
{
	range(call, PAGE_SIZE, MMUWITNESS_FLUSH_DONE);
}

/*
 * Unmapping invalidates page by page in EL2, unless it can put it off and use
 * kvm_tlb_flush_vmid_range() (stage2_unmap_defer_tlb_flush(), since 6.6): without
 * VHE that is code that the kernel cannot probe.
 */
static const char *flush_hidden(void)
{
	if (is_kernel_in_hyp_mode())
		return NULL;
	if (!mmuw_symbol_address("kvm_tlb_flush_vmid_range"))
		return "flushed page by page in EL2, out of sight";
	if (!cpus_have_final_cap(ARM64_HAS_STAGE2_FWB) || !system_supports_tlb_range())
		return "flushed by page in EL2: no FWB or TLBIRANGE";
	return NULL;
}

const struct mmuw_hook mmuw_flush_hooks[] = {
	{ .name = "tlb_flush", .symbols = { "kvm_arch_flush_remote_tlbs", "kvm_flush_remote_tlbs" },
	  .on_call = flush, .on_return = flush_return, .unless_redirected = true,
	  .vm_added = mmuw_flushes_vm_added, .missed_for = mmuw_flushes_missed, .hidden = flush_hidden },
	{ .name = "tlb_flush_range", .symbols = { "kvm_tlb_flush_vmid_range" },
	  .on_call = flush_range, .on_return = flush_range_return, .unless_redirected = true,
	  .part_of = "tlb_flush", .optional = true },
	{ .name = "tlb_flush_page", .symbols = { "__kvm_tlb_flush_vmid_ipa" },
	  .on_call = flush_page, .on_return = flush_page_return, .unless_redirected = true,
	  .part_of = "tlb_flush", .optional = true },
	{ }
};
