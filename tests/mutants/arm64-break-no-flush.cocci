// SPDX-License-Identifier: GPL-2.0-only
// breaks: break-before-make without the flush between
// file: arch/arm64/kvm/hyp/pgtable.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
expression a, b, c;
@@
 stage2_try_break_pte(...)
 {
 <...
- kvm_tlb_flush_vmid_range(a, b, c);
+ ;
 ...>
 }
