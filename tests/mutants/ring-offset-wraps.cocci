// SPDX-License-Identifier: GPL-2.0-only
// breaks: an entry of the dirty ring into which userspace has written an offset near 2^64 passes the check of a reset by wrapping: other pages, or none of the slot's, are taken for it
// fix: KVM: Reject wrapped offset in kvm_reset_dirty_gfn()
// file: virt/kvm/dirty_ring.c
// scenarios: *
// survives: nothing that can be seen without shadow paging: what is protected then is before the memslot
@@
identifier memslot, offset;
expression E;
@@
 kvm_reset_dirty_gfn(...)
 {
 <...
- !memslot || offset >= memslot->npages || E
+ !memslot || E
 ...>
 }
