// SPDX-License-Identifier: GPL-2.0-only
// breaks: log off looks at huge pages that are not in the memslot
// undoes: "KVM: x86/mmu: Ensure hugepage is in by slot before checking max mapping level" (6.12.95)
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 zap_collapsible_spte_range(...)
 {
 <...
- if (iter.gfn < start || iter.gfn >= end) continue;
 ...>
 }
