// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU with a full ring may go on at the second KVM_RUN
// file: virt/kvm/dirty_ring.c
// scenarios: *SmallPages.*:*HugePages.*
@@
identifier vcpu;
@@
 kvm_dirty_ring_check_request(...)
 {
 <...
- kvm_make_request(KVM_REQ_DIRTY_RING_SOFT_FULL, vcpu);
 ...>
 }
