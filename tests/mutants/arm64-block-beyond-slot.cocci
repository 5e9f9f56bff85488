// SPDX-License-Identifier: GPL-2.0-only
// breaks: blocks reach beyond the ends of a memslot
// file: arch/arm64/kvm/mmu.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
expression a, b;
@@
 fault_supports_stage2_huge_mapping(...)
 {
 ...
- return a && b;
+ return true;
 }
