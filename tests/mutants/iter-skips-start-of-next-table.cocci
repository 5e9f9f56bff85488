// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk over several page tables leaves out all but the last entry of each table after the first: log, unmapping and aging of more than one table
// file: arch/x86/kvm/mmu/tdp_iter.c
// scenarios: Contended.*:SmallPages.*:VmmLog.*
@@
identifier iter;
@@
 try_step_up(...)
 {
 <...
- iter->gfn = gfn_round_for_level(iter->gfn, iter->level);
 ...>
 }
