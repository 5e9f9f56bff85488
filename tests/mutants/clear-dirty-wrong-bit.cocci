// SPDX-License-Identifier: GPL-2.0-only
// breaks: the TDP MMU protects for the log the page before the one that is asked for
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 clear_dirty_pt_masked(...)
 {
 <...
- !(mask & (1UL << (iter.gfn - gfn)))
+ !(mask & (2UL << (iter.gfn - gfn)))
 ...>
 }
