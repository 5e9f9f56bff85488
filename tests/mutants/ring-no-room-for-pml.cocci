// SPDX-License-Identifier: GPL-2.0-only
// breaks: a dirty ring keeps no room for what is in a PML buffer when it is said to be full
// host: x86_64-intel
// file: virt/kvm/dirty_ring.c
// scenarios: BufferedLog.*
@@
@@
 kvm_dirty_ring_get_rsvd_entries(...)
 {
 return
- KVM_DIRTY_RING_RSVD_ENTRIES + kvm_cpu_dirty_log_size()
+ KVM_DIRTY_RING_RSVD_ENTRIES
 ;
 }
