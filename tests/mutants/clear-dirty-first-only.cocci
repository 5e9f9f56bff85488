// SPDX-License-Identifier: GPL-2.0-only
// breaks: of the pages to protect for the log the TDP MMU does the first
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
@@
 clear_dirty_pt_masked(...)
 {
 <...
- mask &= ~(1UL << (iter.gfn - gfn));
+ mask = 0;
 ...>
 }
