// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation passes over roots that are invalid and still mapped
// undoes: d62007edf01f "KVM: x86/mmu: Zap _all_ roots when unmapping gfn range in TDP MMU"
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*:*lot*
@@
expression kvm, root, as;
statement S;
iterator name __for_each_tdp_mmu_root_yield_safe;
@@
 kvm_tdp_mmu_unmap_gfn_range(...)
 {
 <...
- __for_each_tdp_mmu_root_yield_safe(kvm, root, as, false) S
+ __for_each_tdp_mmu_root_yield_safe(kvm, root, as, true) S
 ...>
 }
