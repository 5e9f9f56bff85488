// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_MEM_READONLY of an existing memslot can be changed: the call succeeds (EINVAL is right), and what the guest has mapped writable stays writable
// file: virt/kvm/kvm_main.c
// scenarios: RefusedSlots.*
@@
@@
 __kvm_set_memory_region(...)
 {
 <...
- (KVM_MEM_READONLY | KVM_MEM_GUEST_MEMFD)
+ KVM_MEM_GUEST_MEMFD
 ...>
 }
