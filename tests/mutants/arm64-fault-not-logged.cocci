// SPDX-License-Identifier: GPL-2.0-only
// breaks: what a fault makes writable is not logged
// file: arch/arm64/kvm/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression a, b, c;
@@
 kvm_s2_fault_map(...)
 {
 <...
- mark_page_dirty_in_slot(a, b, c);
+ ;
 ...>
 }
