// SPDX-License-Identifier: GPL-2.0-only
// breaks: the page behind the dirty ring in the mapping of a vCPU is taken for a page of the ring: touching it is a NULL dereference in the host instead of SIGBUS
// file: virt/kvm/kvm_main.c
// scenarios: *
// survives: a VMM that maps more of a vCPU than there is
@@
identifier pgoff, kvm;
@@
 kvm_page_in_dirty_ring(...)
 {
 <...
- pgoff <
+ pgoff <=
  KVM_DIRTY_LOG_PAGE_OFFSET + kvm->dirty_ring_size / PAGE_SIZE
 ...>
 }
