// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG refuses the end of a memslot that is no multiple of 64 pages
// undoes: 76d58e0f07ec "KVM: fix KVM_CLEAR_DIRTY_LOG for memory slots of unaligned size"
// file: virt/kvm/kvm_main.c
// scenarios: *SmallPages*
@@
symbol log, memslot;
@@
 kvm_clear_dirty_log_protect(...)
 {
 <...
- (log->num_pages < memslot->npages - log->first_page && (log->num_pages & 63))
+ (log->num_pages & 63)
 ...>
 }
