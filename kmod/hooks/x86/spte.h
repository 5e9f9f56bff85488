/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SPTE bits, arch/x86/kvm/mmu/spte.h: nested paging uses the CPU's page table
 * format, EPT has its own A and D. Present is KVM's SPTE_MMU_PRESENT_MASK.
 */
#ifndef _MMUWITNESS_X86_SPTE_H
#define _MMUWITNESS_X86_SPTE_H

#include <asm/cpufeature.h>
#include <linux/bits.h>
#include <linux/types.h>

#define SPTE_PRESENT BIT_ULL(11)
#define SPTE_WRITABLE BIT_ULL(1)
#define SPTE_HUGE BIT_ULL(7)
#define SPTE_PFN_MASK GENMASK_ULL(51, 12)

/* SPTE_TDP_AD_MASK and its value for tables without A and D bits (EPT, eptad=0 or old hardware). */
#define SPTE_AD_MASK GENMASK_ULL(53, 52)
#define SPTE_AD_DISABLED BIT_ULL(52)
#define SPTE_EPT_RWX GENMASK_ULL(2, 0)

static inline bool mmuw_is_ept(void)
{
	return boot_cpu_has(X86_FEATURE_VMX);
}

static inline u64 mmuw_spte_accessed_mask(void)
{
	return mmuw_is_ept() ? BIT_ULL(8) : BIT_ULL(5);
}

static inline u64 mmuw_spte_dirty_mask(void)
{
	return mmuw_is_ept() ? BIT_ULL(9) : BIT_ULL(6);
}

#endif /* _MMUWITNESS_X86_SPTE_H */
