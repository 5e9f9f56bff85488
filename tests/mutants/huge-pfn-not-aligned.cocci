// SPDX-License-Identifier: GPL-2.0-only
// breaks: a huge SPTE begins at the page that was touched
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
identifier mask;
@@
 kvm_mmu_hugepage_adjust(...)
 {
 <...
- fault->pfn &= ~mask;
 ...>
 }
