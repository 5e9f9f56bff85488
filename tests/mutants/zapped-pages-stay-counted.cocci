// SPDX-License-Identifier: GPL-2.0-only
// breaks: the statistics pages_4k, pages_2m and pages_1g of a VM do not go down when pages are unmapped
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: MappedPages.*
@@
identifier is_leaf, was_leaf;
@@
 handle_changed_spte(...)
 {
 <...
- if (is_leaf != was_leaf)
+ if (is_leaf && !was_leaf)
  kvm_update_page_stats(...);
 ...>
 }
