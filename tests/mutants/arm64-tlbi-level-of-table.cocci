// SPDX-License-Identifier: GPL-2.0-only
// breaks: the flush for a page table that goes hints at its level
// undoes: 36e008323926 "KVM: arm64: Don't pass a TLBI level hint when zapping table entries"
// file: arch/arm64/kvm/hyp/pgtable.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
@@
 stage2_unmap_put_pte(...)
 {
 <...
- TLBI_TTL_UNKNOWN
+ ctx->level
 ...>
 }
