// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_GET_DIRTY_LOG of a memslot of the SMM address space returns (and clears) the log of the slot with the same number in the normal one
// file: virt/kvm/kvm_main.c
// scenarios: Smi.*
@@
identifier slots, kvm, as_id;
@@
 kvm_get_dirty_log_protect(...)
 {
 <...
- slots = __kvm_memslots(kvm, as_id);
+ slots = kvm_memslots(kvm);
 ...>
 }
