// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_GET_DIRTY_LOG reports what was dirty before again where a word is clean now
// file: virt/kvm/kvm_main.c
// scenarios: *SmallPages*:Turns.*
@@
identifier n;
symbol dirty_bitmap_buffer;
@@
 kvm_get_dirty_log_protect(...)
 {
 <...
- memset(dirty_bitmap_buffer, 0, n);
 ...>
 }
