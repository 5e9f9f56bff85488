// SPDX-License-Identifier: GPL-2.0-only
// breaks: a block begins at the page that was touched
// file: arch/arm64/kvm/mmu.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
@@
 transparent_hugepage_adjust(...)
 {
 <...
- pfn &= ~(PTRS_PER_PMD - 1);
 ...>
 }
