// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation is for the first address space only
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*:*smm*
@@
@@
 kvm_tdp_mmu_unmap_gfn_range(...)
 {
 <...
- range->slot->as_id
+ 0
 ...>
 }
