// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG leaves huge SPTEs writable, initially set, without eager splitting
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.eager_page_split=0
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression kvm, slot, start;
@@
 kvm_arch_mmu_enable_log_dirty_pt_masked(...)
 {
 <...
- kvm_mmu_slot_gfn_write_protect(kvm, slot, start, PG_LEVEL_2M);
 ...>
 }
