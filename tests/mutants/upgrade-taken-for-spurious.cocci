// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault that has a small or huge SPTE already is spurious, whatever the SPTE allows
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *
@@
identifier new_spte, iter;
@@
 tdp_mmu_map_handle_target_level(...)
 {
 <...
- new_spte == iter->old_spte
+ new_spte == iter->old_spte || (is_shadow_present_pte(iter->old_spte) && is_last_spte(iter->old_spte, iter->level))
 ...>
 }
