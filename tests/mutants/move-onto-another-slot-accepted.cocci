// SPDX-License-Identifier: GPL-2.0-only
// breaks: a memslot that is moved onto another memslot is accepted, not refused with EEXIST
// file: virt/kvm/kvm_main.c
// scenarios: RefusedSlots.*
@@
symbol change;
@@
 __kvm_set_memory_region(...)
 {
 <...
- (change == KVM_MR_CREATE || change == KVM_MR_MOVE)
+ change == KVM_MR_CREATE
  && kvm_check_memslot_overlap(...)
 ...>
 }
