// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_GET_DIRTY_LOG write-protects the lowest page of each word only
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression kvm, memslot, offset, mask;
@@
 kvm_get_dirty_log_protect(...)
 {
 <...
- kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, memslot, offset, mask);
+ kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, memslot, offset, mask & -mask);
 ...>
 }
