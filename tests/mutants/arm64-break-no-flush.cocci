// SPDX-License-Identifier: GPL-2.0-only
// breaks: break-before-make without the flush between
// file: arch/arm64/kvm/hyp/pgtable.c
// survives: QEMU has no stale entry for what was never mapped; a CPU that caches tables would
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
