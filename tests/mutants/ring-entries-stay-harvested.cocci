// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_RESET_DIRTY_RINGS leaves the flags of the entries: when the ring has gone round once, it resets old entries again and does not end
// file: virt/kvm/dirty_ring.c
// scenarios: RingReset.*:SmallPages.*/*ring
@@
@@
 kvm_dirty_ring_reset(...)
 {
 <...
- kvm_dirty_gfn_set_invalid(...);
 ...>
 }
