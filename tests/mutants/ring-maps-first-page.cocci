// SPDX-License-Identifier: GPL-2.0-only
// breaks: every page of the ring that userspace maps is the first one
// file: virt/kvm/dirty_ring.c
// scenarios: *
@@
identifier ring, offset;
@@
 kvm_dirty_ring_get_page(...)
 {
 <...
- return vmalloc_to_page((void *)ring->dirty_gfns + offset * PAGE_SIZE);
+ return vmalloc_to_page((void *)ring->dirty_gfns);
 ...>
 }
