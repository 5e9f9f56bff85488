// SPDX-License-Identifier: GPL-2.0-only
// breaks: a read that gets a writable page keeps a reference of it
// file: virt/kvm/kvm_main.c
// scenarios: GuestPages.*
@@
@@
 hva_to_pfn_slow(...)
 {
 <...
- put_page(page);
 ...>
 }
