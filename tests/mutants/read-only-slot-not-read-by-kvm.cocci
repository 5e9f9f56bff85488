// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM cannot read a read-only memslot: an emulated instruction that reads data (or is fetched) from ROM gets an MMIO exit or fails
// file: virt/kvm/kvm_main.c
// scenarios: EmulatedWrites.*
@@
identifier addr, slot, gfn;
@@
 __kvm_read_guest_page(...)
 {
 <...
- addr = gfn_to_hva_memslot_prot(slot, gfn, NULL);
+ addr = gfn_to_hva_memslot(slot, gfn);
 ...>
 }
