// SPDX-License-Identifier: GPL-2.0-only
// breaks: a table that stands for a huge page that may not be executable does not say so
// undoes: "KVM: x86/mmu: Set disallowed_nx_huge_page in TDP MMU before setting SPTE"
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Instructions.*
@@
@@
 kvm_tdp_mmu_map(...)
 {
 <...
- sp->nx_huge_page_disallowed = fault->huge_page_disallowed;
 ...>
 }
