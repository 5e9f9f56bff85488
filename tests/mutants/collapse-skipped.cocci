// SPDX-License-Identifier: GPL-2.0-only
// breaks: small SPTEs stay when the log is switched off
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: PageSizes.*
@@
expression k, r, s;
@@
 kvm_tdp_mmu_zap_collapsible_sptes(...)
 {
 <...
- zap_collapsible_spte_range(k, r, s);
+ (void)r;
 ...>
 }
