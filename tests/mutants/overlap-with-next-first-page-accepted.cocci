// SPDX-License-Identifier: GPL-2.0-only
// breaks: a new or moved memslot whose last page is the first page of the next memslot is accepted, not refused with EEXIST
// file: virt/kvm/kvm_main.c
// scenarios: RefusedSlots.*
@@
symbol base_gfn, npages;
@@
 __kvm_set_memory_region(...)
 {
 <...
 kvm_check_memslot_overlap(...,
- base_gfn + npages
+ base_gfn + npages - 1
  )
 ...>
 }
