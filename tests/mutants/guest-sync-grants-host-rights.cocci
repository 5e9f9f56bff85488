// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page of a read-only memslot that the guest first maps read-only, then writable with INVLPG, becomes writable (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: *
// survives: a read-only memslot behind a guest's own page tables, under shadow paging
@@
identifier host_writable, spte;
@@
- host_writable = spte & shadow_host_writable_mask;
+ host_writable = true;
