// SPDX-License-Identifier: GPL-2.0-only
// breaks: a read of a page of a read-only slot maps it writable
// file: virt/kvm/kvm_main.c
// scenarios: *Memslots.*
@@
identifier writable, slot;
@@
 __gfn_to_pfn_memslot(...)
 {
 <...
- if (writable && memslot_is_readonly(slot)) { ... }
 ...>
 }
