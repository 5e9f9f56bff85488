// SPDX-License-Identifier: GPL-2.0-only
// breaks: a block is mapped whatever the host has mapped
// file: arch/arm64/kvm/mmu.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
@@
 transparent_hugepage_adjust(...)
 {
 <...
- if (sz < PMD_SIZE) return PAGE_SIZE;
 ...>
 }
