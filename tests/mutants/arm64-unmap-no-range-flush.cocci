// SPDX-License-Identifier: GPL-2.0-only
// breaks: an unmapping leaves the flush that it put off
// file: arch/arm64/kvm/hyp/pgtable.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression a, b, c;
@@
 kvm_pgtable_stage2_unmap(...)
 {
 <...
- kvm_tlb_flush_vmid_range(a, b, c);
+ ;
 ...>
 }
