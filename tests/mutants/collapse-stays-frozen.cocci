// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE zapped for collapsing is left frozen
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *SmallPages.*:*HugePages.*
@@
expression iter;
@@
 tdp_mmu_zap_spte_atomic(...)
 {
 <...
- __kvm_tdp_mmu_write_spte(iter->sptep, SHADOW_NONPRESENT_VALUE);
 ...>
 }
