// SPDX-License-Identifier: GPL-2.0-only
// breaks: the recovery of NX huge pages of SMM looks for their slot in normal memory
// undoes: "KVM: x86/mmu: Grab memslot for correct address space in NX recovery worker"
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: Instructions.*
@@
@@
 kvm_recover_nx_huge_pages(...)
 {
 <...
- kvm_memslots_for_spte_role(kvm, sp->role)
+ kvm_memslots(kvm)
 ...>
 }
