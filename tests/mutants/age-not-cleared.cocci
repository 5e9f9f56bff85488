// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging leaves the accessed bit set
// file: arch/x86/kvm/mmu/tdp_mmu.c
// survives: KVM's trace says that the bit goes, and a CPU may set it again at once, by speculation
// scenarios: Aging.*:*Monitored*
@@
@@
 age_gfn_range(...)
 {
 <...
- tdp_mmu_clear_spte_bits(iter->sptep, iter->old_spte, shadow_accessed_mask, iter->level)
+ iter->old_spte
 ...>
 }
