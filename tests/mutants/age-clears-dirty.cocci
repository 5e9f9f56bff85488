// SPDX-License-Identifier: GPL-2.0-only
// breaks: clearing the accessed bit of an SPTE clears the dirty bit with it
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: LazyFree.*
@@
@@
 age_gfn_range(...)
 {
 <...
 tdp_mmu_clear_spte_bits(...,
- shadow_accessed_mask
+ shadow_accessed_mask | shadow_dirty_mask
 , ...)
 ...>
 }
