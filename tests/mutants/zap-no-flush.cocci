// SPDX-License-Identifier: GPL-2.0-only
// breaks: the TDP MMU zaps and does not ask for a flush
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 tdp_mmu_zap_leafs(...)
 {
 <...
- flush = true;
+ flush = false;
 ...>
 }
