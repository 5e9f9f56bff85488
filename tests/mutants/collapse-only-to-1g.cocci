// SPDX-License-Identifier: GPL-2.0-only
// breaks: log off keeps the small SPTEs of what could be one huge page of 2M
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: PageSizes.*
@@
symbol max_mapping_level, iter;
@@
 zap_collapsible_spte_range(...)
 {
 <...
- max_mapping_level < iter.level
+ max_mapping_level <= iter.level
 ...>
 }
