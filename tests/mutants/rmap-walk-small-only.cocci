// SPDX-License-Identifier: GPL-2.0-only
// breaks: walks over the rmaps leave out huge SPTEs
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
@@
 __kvm_rmap_zap_gfn_range(...)
 {
 <...
- KVM_MAX_HUGEPAGE_LEVEL
+ PG_LEVEL_4K
 ...>
 }
