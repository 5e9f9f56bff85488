// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG of a word in two huge pages protects the first, initially set
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.eager_page_split=0
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression a, b;
@@
 kvm_arch_mmu_enable_log_dirty_pt_masked(...)
 {
 <...
- if (a != b) kvm_mmu_slot_gfn_write_protect(...);
 ...>
 }
