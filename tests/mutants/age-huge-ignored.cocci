// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging passes over huge SPTEs
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *Monitored*:Aging.*
@@
@@
 age_gfn_range(...)
 {
 <...
- if (!is_accessed_spte(iter->old_spte)) return false;
+ if (!is_accessed_spte(iter->old_spte) || iter->level > PG_LEVEL_4K) return false;
 ...>
 }
