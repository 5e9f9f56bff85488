// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk over a table of small SPTEs leaves out its last entry
// file: arch/x86/kvm/mmu/tdp_iter.c
// scenarios: *
@@
symbol iter;
@@
 try_step_side(...)
 {
 <...
- (SPTE_ENT_PER_PAGE - 1)
+ (SPTE_ENT_PER_PAGE - 1 - (iter->level == PG_LEVEL_4K))
 ...>
 }
