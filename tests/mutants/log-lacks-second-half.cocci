// SPDX-License-Identifier: GPL-2.0-only
// breaks: a dirty bitmap has no room for the copy that KVM_GET_DIRTY_LOG and KVM_CLEAR_DIRTY_LOG make behind it: they write to host memory that is not theirs if the memslot has more than 16384 pages
// file: virt/kvm/kvm_main.c
// scenarios: SlotMemory.*
@@
identifier dirty_bytes;
@@
 kvm_alloc_dirty_bitmap(...)
 {
 <...
- __vcalloc(2, dirty_bytes, GFP_KERNEL_ACCOUNT)
+ __vcalloc(1, dirty_bytes, GFP_KERNEL_ACCOUNT)
 ...>
 }
