// SPDX-License-Identifier: GPL-2.0-only
// breaks: a memslot whose gfns and memory are aligned differently gets blocks
// file: arch/arm64/kvm/mmu.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
@@
 fault_supports_stage2_huge_mapping(...)
 {
 <...
- if ((gpa_start & (map_size - 1)) != (uaddr_start & (map_size - 1))) return false;
 ...>
 }
