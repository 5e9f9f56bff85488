// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU whose ring was full stays stopped after the ring has been reset
// file: virt/kvm/dirty_ring.c
// scenarios: *SmallPages*
@@
identifier vcpu;
@@
 kvm_dirty_ring_check_request(...)
 {
 <...
- kvm_check_request(KVM_REQ_DIRTY_RING_SOFT_FULL, vcpu) && kvm_dirty_ring_soft_full(&vcpu->dirty_ring)
+ kvm_check_request(KVM_REQ_DIRTY_RING_SOFT_FULL, vcpu)
 ...>
 }
