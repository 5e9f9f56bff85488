// SPDX-License-Identifier: GPL-2.0-only
// breaks: a memslot whose userspace_addr lies in the kernel's half of the address space, or wraps, is accepted (EINVAL is right)
// fix: KVM: check userspace_addr for all memslots
// file: virt/kvm/kvm_main.c
// scenarios: RefusedSlots.*
@@
expression E1, E2, A, B;
@@
 __kvm_set_memory_region(...)
 {
 <...
- (E1) || (E2) || !access_ok(A, B)
+ (E1) || (E2)
 ...>
 }
