// SPDX-License-Identifier: GPL-2.0-only
// breaks: what is mapped in small pages at the beginning of a memslot stays so when its log is off
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: PageSizes.*
@@
expression g, s, e;
@@
 zap_collapsible_spte_range(...)
 {
 <...
- if (g < s || g >= e)
+ if (g <= s || g >= e)
 ...
 ...>
 }
