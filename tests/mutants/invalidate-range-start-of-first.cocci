// SPDX-License-Identifier: GPL-2.0-only
// breaks: of two invalidations at once the lower start is not known
// file: virt/kvm/kvm_main.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression kvm, s;
@@
 kvm_mmu_invalidate_range_add(...)
 {
 <...
- kvm->mmu_invalidate_range_start = min(kvm->mmu_invalidate_range_start, s);
 ...>
 }
