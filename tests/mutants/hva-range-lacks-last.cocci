// SPDX-License-Identifier: GPL-2.0-only
// breaks: a slot is not found by the address of its last page
// file: virt/kvm/kvm_main.c
// scenarios: *
@@
identifier new, idx;
@@
 kvm_replace_memslot(...)
 {
 <...
- new->hva_node[idx].last = new->userspace_addr + (new->npages << PAGE_SHIFT) - 1;
+ new->hva_node[idx].last = new->userspace_addr + ((new->npages - 1) << PAGE_SHIFT) - 1;
 ...>
 }
