// SPDX-License-Identifier: GPL-2.0-only
// breaks: the last page of a huge one that is split is not mapped, and nobody flushes
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *
@@
identifier i;
@@
 tdp_mmu_split_huge_page(...)
 {
 <...
- i < SPTE_ENT_PER_PAGE
+ i < SPTE_ENT_PER_PAGE - 1
 ...>
 }
