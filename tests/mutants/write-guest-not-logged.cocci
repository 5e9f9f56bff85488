// SPDX-License-Identifier: GPL-2.0-only
// breaks: what KVM writes into the guest is not logged
// file: virt/kvm/kvm_main.c
// scenarios: KvmWrites.*:EmulatedWrites.*
@@
expression a, b, c;
@@
 __kvm_write_guest_page(...)
 {
 <...
- mark_page_dirty_in_slot(a, b, c);
 ...>
 }
