// SPDX-License-Identifier: GPL-2.0-only
// breaks: the end of an invalidation does not advance the sequence
// file: virt/kvm/kvm_main.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 kvm_mmu_invalidate_end(...)
 {
 <...
- kvm->mmu_invalidate_seq++;
 ...>
 }
