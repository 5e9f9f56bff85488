// SPDX-License-Identifier: GPL-2.0-only
// breaks: a change of the memslots does not invalidate the roots of the TDP MMU
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *lot*:*MemoryChanges*
@@
@@
 __kvm_mmu_zap_all_fast_front_half(...)
 {
 <...
- kvm_tdp_mmu_invalidate_all_roots(kvm);
+ ;
 ...>
 }
