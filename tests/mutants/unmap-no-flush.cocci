// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation removes SPTEs and does not flush
// file: virt/kvm/kvm_main.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 __kvm_handle_hva_range(...)
 {
 <...
- if (range->flush_on_ret && r.ret)
+ if (range->flush_on_ret && r.ret && r.ret > 1)
 kvm_flush_remote_tlbs(kvm);
 ...>
 }
