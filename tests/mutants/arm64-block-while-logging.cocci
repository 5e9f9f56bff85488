// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault maps a block although the log is on
// file: arch/arm64/kvm/mmu.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
expression s;
@@
 kvm_s2_resolve_vma_size(...)
 {
 <...
- memslot_is_logging(s)
+ false
 ...>
 }
