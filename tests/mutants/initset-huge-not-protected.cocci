// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG leaves huge SPTEs writable, initially set
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression a;
@@
 kvm_arch_mmu_enable_log_dirty_pt_masked(...)
 {
 <...
- if (kvm_dirty_log_manual_protect_and_init_set(a)) { ... }
 ...>
 }
