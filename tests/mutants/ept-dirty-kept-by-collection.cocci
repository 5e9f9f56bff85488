// SPDX-License-Identifier: GPL-2.0-only
// breaks: collecting a log leaves D of SPTEs
// host: x86_64-intel
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:Migration.*
@@
@@
 clear_dirty_pt_masked(...)
 {
 <...
 if (
- !(iter.old_spte & dbit)
+ iter.old_spte & dbit
 )
 continue;
 ...>
 }
