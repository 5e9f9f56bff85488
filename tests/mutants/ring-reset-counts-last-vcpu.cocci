// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_RESET_DIRTY_RINGS returns the count of the last vCPU only, and does not flush the TLBs when only the rings of earlier vCPUs had harvested entries
// file: virt/kvm/kvm_main.c
// scenarios: Migration.*/ring*
@@
identifier cleared;
@@
 kvm_vm_ioctl_reset_dirty_pages(...)
 {
 <...
- cleared +=
+ cleared =
   kvm_dirty_ring_reset(...);
 ...>
 }
