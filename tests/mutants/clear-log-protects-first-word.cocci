// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG write-protects the pages of the slot's first word, whichever it clears
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression kvm, memslot, offset, mask;
@@
 kvm_clear_dirty_log_protect(...)
 {
 <...
- kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, memslot, offset, mask);
+ kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, memslot, 0, mask);
 ...>
 }
