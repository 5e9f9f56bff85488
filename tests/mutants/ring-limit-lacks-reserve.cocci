// SPDX-License-Identifier: GPL-2.0-only
// breaks: a ring asks for a harvest when nothing more fits
// file: virt/kvm/dirty_ring.c
// scenarios: EmulatedIntoRing.*
@@
@@
 kvm_dirty_ring_alloc(...)
 {
 <...
- ring->size - kvm_dirty_ring_get_rsvd_entries()
+ ring->size
 ...>
 }
