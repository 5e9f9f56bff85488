// SPDX-License-Identifier: GPL-2.0-only
// breaks: a reset of the ring does not protect a batch with the last page of the slot
// file: virt/kvm/dirty_ring.c
// scenarios: *
@@
identifier offset, mask, memslot;
@@
 kvm_reset_dirty_gfn(...)
 {
 <...
- offset + __fls(mask) >= memslot->npages
+ offset + __fls(mask) + 1 >= memslot->npages
 ...>
 }
