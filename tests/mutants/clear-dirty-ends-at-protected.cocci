// SPDX-License-Identifier: GPL-2.0-only
// breaks: protecting pages for the log ends at the first that is not writable
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *
@@
identifier iter, dbit;
@@
 clear_dirty_pt_masked(...)
 {
 <...
- if (!(iter.old_spte & dbit)) continue;
+ if (!(iter.old_spte & dbit)) break;
 ...>
 }
