// SPDX-License-Identifier: GPL-2.0-only
// breaks: resetting an entry of a slot that is gone looks into the slot
// file: virt/kvm/dirty_ring.c
// scenarios: RingEntries.*
@@
expression a, b;
@@
 kvm_reset_dirty_gfn(...)
 {
 <...
- !memslot || a || b
+ a || b
 ...>
 }
