// SPDX-License-Identifier: GPL-2.0-only
// breaks: write-protection for the log loses the dirty bit
// file: arch/x86/kvm/mmu/tdp_mmu.c
// survives: without PML the log takes W and leaves D to be found later; Intel would show it
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression a;
@@
 clear_dirty_pt_masked(...)
 {
 <...
- kvm_set_pfn_dirty(a);
 ...>
 }
