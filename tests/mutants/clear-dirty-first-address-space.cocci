// SPDX-License-Identifier: GPL-2.0-only
// breaks: protecting pages for the log is for the first address space only
// undoes: a3f15bda46e2 "KVM: x86/mmu: Pass address space ID to TDP MMU root walkers"
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Memslots.*
@@
@@
 kvm_tdp_mmu_clear_dirty_pt_masked(...)
 {
 <...
- slot->as_id
+ 0
 ...>
 }
