// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation of several pages leaves the last one
// file: virt/kvm/kvm_main.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression hva_end, slot;
@@
- gfn_range.end = hva_to_gfn_memslot(hva_end + PAGE_SIZE - 1, slot);
+ gfn_range.end = hva_to_gfn_memslot(hva_end + PAGE_SIZE - 1, slot);
+ if (gfn_range.end - gfn_range.start > 1) gfn_range.end--;
