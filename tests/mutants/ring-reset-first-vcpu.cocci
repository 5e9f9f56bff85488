// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_RESET_DIRTY_RINGS resets the first ring that has something only
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression a, b;
@@
 kvm_vm_ioctl_reset_dirty_pages(...)
 {
 <...
- cleared += kvm_dirty_ring_reset(a, b);
+ cleared += cleared ? 0 : kvm_dirty_ring_reset(a, b);
 ...>
 }
