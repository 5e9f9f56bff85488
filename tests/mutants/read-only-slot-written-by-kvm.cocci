// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write of the guest to a read-only memslot, which KVM emulates, changes the memory and does not reach the VMM as MMIO
// file: virt/kvm/kvm_main.c
// scenarios: EmulatedWrites.*:Memslots.*
@@
identifier addr, memslot, gfn;
@@
 __kvm_write_guest_page(...)
 {
 <...
- addr = gfn_to_hva_memslot(memslot, gfn);
+ addr = gfn_to_hva_memslot_prot(memslot, gfn, NULL);
 ...>
 }
