// SPDX-License-Identifier: GPL-2.0-only
// breaks: what KVM writes into the guest through a cached address is not logged
// file: virt/kvm/kvm_main.c
// scenarios: KvmWrites.*
@@
expression a, b, c;
@@
 kvm_write_guest_offset_cached(...)
 {
 <...
- mark_page_dirty_in_slot(a, b, c);
 ...>
 }
