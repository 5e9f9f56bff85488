// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on leaves huge SPTEs of the rmaps writable
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_mmu_slot_remove_write_access(...)
 {
 <...
- walk_slot_rmaps(kvm, memslot, slot_rmap_write_protect, start_level, KVM_MAX_HUGEPAGE_LEVEL, false);
+ walk_slot_rmaps(kvm, memslot, slot_rmap_write_protect, start_level, PG_LEVEL_4K, false);
 ...>
 }
