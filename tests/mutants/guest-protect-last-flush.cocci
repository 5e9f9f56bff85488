// SPDX-License-Identifier: GPL-2.0-only
// breaks: of several SPTEs of a page that the log protects only the last one decides whether TLBs are flushed (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// survives: it takes a page that is writable at one place and read-only at one that is later in its rmap, and a TLB entry that no exit has flushed before the next write
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
expression E1, E2;
@@
 rmap_write_protect(...)
 {
 <...
- flush |= spte_write_protect(E1, E2);
+ flush = spte_write_protect(E1, E2);
 ...>
 }
