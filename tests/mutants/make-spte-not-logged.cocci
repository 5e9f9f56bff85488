// SPDX-License-Identifier: GPL-2.0-only
// breaks: a new writable SPTE is not logged
// file: arch/x86/kvm/mmu/spte.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression a, b, c;
@@
 make_spte(...)
 {
 <...
- mark_page_dirty_in_slot(a, b, c);
 ...>
 }
