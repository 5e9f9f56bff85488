// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation zaps by the rmaps and does not ask for a flush
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 kvm_zap_all_rmap_sptes(...)
 {
 <...
- return true;
+ return false;
 ...>
 }
