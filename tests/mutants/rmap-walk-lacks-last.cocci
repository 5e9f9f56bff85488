// SPDX-License-Identifier: GPL-2.0-only
// breaks: walks over the rmaps leave out the last page of their range
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*:Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 slot_rmap_walk_next(...)
 {
 <...
- ++iterator->rmap <= iterator->end_rmap
+ ++iterator->rmap < iterator->end_rmap
 ...>
 }
