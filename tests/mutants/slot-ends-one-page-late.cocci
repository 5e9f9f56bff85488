// SPDX-License-Identifier: GPL-2.0-only
// breaks: the page behind a slot belongs to it if the slot was the last used
// file: include/linux/kvm_host.h
// scenarios: *Memslots.*
@@
identifier gfn, slot;
@@
 is_gfn_in_memslot(...)
 {
 <...
- gfn < slot->base_gfn + slot->npages
+ gfn <= slot->base_gfn + slot->npages
 ...>
 }
