/* SPDX-License-Identifier: GPL-2.0-only */
/* LoongArch's secondary page table entries. */
#ifndef _MMUWITNESS_LOONGARCH_PTE_H
#define _MMUWITNESS_LOONGARCH_PTE_H

#include <asm/kvm_mmu.h>

static inline bool mmuw_is_huge_pte(u64 pte)
{
	return (pte & _PAGE_PRESENT) && kvm_pte_huge(pte);
}

#endif /* _MMUWITNESS_LOONGARCH_PTE_H */
