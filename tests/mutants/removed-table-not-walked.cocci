// SPDX-License-Identifier: GPL-2.0-only
// breaks: the SPTEs of a page table that goes are not looked at
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*:*lot*
@@
expression kvm, gfn;
@@
 handle_changed_spte(...)
 {
 <...
- handle_removed_pt(kvm, gfn, shared);
+ ;
 ...>
 }
