// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation of several pages unmaps the first one
// file: arch/arm64/kvm/mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 kvm_unmap_gfn_range(...)
 {
 <...
- (range->end - range->start) << PAGE_SHIFT
+ PAGE_SIZE
 ...>
 }
