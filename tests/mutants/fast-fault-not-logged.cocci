// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write that the fast path of the fault allows is not logged
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression a, b, c;
@@
 fast_pf_fix_direct_spte(...)
 {
 <...
- mark_page_dirty_in_slot(a, b, c);
+ ;
 ...>
 }
