// SPDX-License-Identifier: GPL-2.0-only
// breaks: a guest that toggles CR4.PGE to flush its TLB keeps the translations of the page tables it has changed (shadow paging)
// file: arch/x86/kvm/regs.c
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
expression E;
symbol cr4, old_cr4;
@@
 kvm_post_set_cr4(...)
 {
 <...
- ((cr4 ^ old_cr4) & X86_CR4_PGE) || E
+ E
 ...>
 }
