// SPDX-License-Identifier: GPL-2.0-only
// breaks: a small page in a huge page that may not be executable gets the frame of the first
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.nx_huge_pages=force
// scenarios: Instructions.*
@@
identifier m, fault, level;
@@
 disallowed_hugepage_adjust(...)
 {
 <...
- u64 m = KVM_PAGES_PER_HPAGE(level) - KVM_PAGES_PER_HPAGE(level - 1);
- fault->pfn |= fault->gfn & m;
 ...>
 }
