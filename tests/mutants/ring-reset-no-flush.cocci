// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_RESET_DIRTY_RINGS write-protects and does not flush
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_vm_ioctl_reset_dirty_pages(...)
 {
 <...
- kvm_flush_remote_tlbs(kvm);
+ ;
 ...>
 }
