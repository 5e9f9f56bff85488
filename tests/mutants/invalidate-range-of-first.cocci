// SPDX-License-Identifier: GPL-2.0-only
// breaks: of two invalidations at once the range of the first is known
// file: virt/kvm/kvm_main.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression kvm, e;
@@
 kvm_mmu_invalidate_range_add(...)
 {
 <...
- kvm->mmu_invalidate_range_end = max(kvm->mmu_invalidate_range_end, e);
 ...>
 }
