// SPDX-License-Identifier: GPL-2.0-only
// breaks: logging is switched on over huge SPTEs that stay writable
// file: arch/x86/kvm/mmu/tdp_mmu.c
// append: kvm.eager_page_split=0
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
@@
 wrprot_gfn_range(...)
 {
 <...
- new_spte = iter.old_spte & ~PT_WRITABLE_MASK;
+ new_spte = iter.level > PG_LEVEL_4K ? iter.old_spte : iter.old_spte & ~PT_WRITABLE_MASK;
 ...>
 }
