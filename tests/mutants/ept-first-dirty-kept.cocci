// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching on a log leaves D of the first SPTE
// host: x86_64-intel
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: LogToggle.*:Turns.*
@@
@@
 clear_dirty_gfn_range(...)
 {
 <...
 if (
- !(iter.old_spte & dbit)
+ !(iter.old_spte & dbit) || iter.gfn == start
 )
 continue;
 ...>
 }
