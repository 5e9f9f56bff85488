// SPDX-License-Identifier: GPL-2.0-only
// breaks: an MMIO SPTE overwrites a shadow SPTE that is present and stays in the rmaps
// undoes: "KVM: x86/mmu: Drop/zap existing present SPTE even when creating an MMIO SPTE"
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// survives: a guest that changes its own page tables, under shadow paging
// scenarios: *
@@
symbol sptep, pfn;
@@
 mmu_set_spte(...)
 {
 <...
- is_shadow_present_pte(*sptep)
+ is_shadow_present_pte(*sptep) && !is_noslot_pfn(pfn)
 ...>
 }
