// SPDX-License-Identifier: GPL-2.0-only
// breaks: of each 64 pages the TDP MMU does not protect the last for the log
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 clear_dirty_pt_masked(...)
 {
 <...
- gfn + BITS_PER_LONG
+ gfn + BITS_PER_LONG - 1
 ...>
 }
