// SPDX-License-Identifier: GPL-2.0-only
// breaks: entries of the dirty ring name the memslot of the first address space
// file: virt/kvm/kvm_main.c
// scenarios: Memslots.*
@@
identifier memslot;
@@
 mark_page_dirty_in_slot(...)
 {
 <...
- (memslot->as_id << 16) | memslot->id
+ memslot->id
 ...>
 }
