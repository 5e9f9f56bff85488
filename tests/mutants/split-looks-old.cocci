// SPDX-License-Identifier: GPL-2.0-only
// breaks: the SPTEs of a huge one that is split have no accessed bit
// file: arch/x86/kvm/mmu/spte.c
// scenarios: *
@@
identifier child_spte, huge_spte;
@@
 make_huge_page_split_spte(...)
 {
 <...
  u64 child_spte = huge_spte;
+ child_spte &= ~shadow_accessed_mask;
 ...>
 }
