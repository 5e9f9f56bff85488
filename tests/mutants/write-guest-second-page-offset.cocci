// SPDX-License-Identifier: GPL-2.0-only
// breaks: what KVM writes into the guest over the end of a page goes to the same offset of the next
// file: virt/kvm/kvm_main.c
// scenarios: KvmWrites.*
@@
symbol offset;
@@
 kvm_write_guest(...)
 {
 <...
- offset = 0;
 ...>
 }
