// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG of a part reads as much of userspace's memory as the whole memslot's bitmap has
// undoes: d7547c55cbe7 "KVM: Fix the bitmap range to copy during clear dirty"
// file: virt/kvm/kvm_main.c
// scenarios: *SmallPages*
@@
symbol log, memslot, n;
@@
 kvm_clear_dirty_log_protect(...)
 {
 <...
- n = ALIGN(log->num_pages, BITS_PER_LONG) / 8;
+ n = kvm_dirty_bitmap_bytes(memslot);
 ...>
 }
