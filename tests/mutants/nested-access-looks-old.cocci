// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging says that a page is old which a nested guest alone has used: what the TDP MMU says replaces what the rmaps have found, and the accessed bit is gone
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: NestedGuest.ItsAccessesAreSeen*
@@
identifier young, kvm, range;
@@
 kvm_age_gfn(...)
 {
 <...
- young |= kvm_tdp_mmu_age_gfn_range(kvm, range);
+ young = kvm_tdp_mmu_age_gfn_range(kvm, range);
 ...>
 }
