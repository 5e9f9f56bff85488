// SPDX-License-Identifier: GPL-2.0-only
// breaks: what is mapped in small pages at the beginning of a memslot stays so when its log is off
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: PageSizes.*
@@
@@
 zap_collapsible_spte_range(...)
 {
 <...
- if (iter.gfn < start || iter.gfn >= end) continue;
+ if (iter.gfn <= start || iter.gfn >= end) continue;
 ...>
 }
