// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation is for the last of several memslots over the range only
// file: virt/kvm/kvm_main.c
// scenarios: *SmallPages*:*MemoryChanges*:Ksm.*:*Alias*
@@
@@
 __kvm_handle_hva_range(...)
 {
 <...
- r.ret |= range->handler(kvm, &gfn_range);
+ r.ret |= !i && node && !interval_tree_iter_next(node, range->start, range->end - 1) ? range->handler(kvm, &gfn_range) : 0;
 ...>
 }
