// SPDX-License-Identifier: GPL-2.0-only
// breaks: the new rights of a page that the guest has been given more rights to are not recorded: when they are taken again and INVLPG is executed, the SPTE stays writable (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
 mmu_set_spte(...)
 {
 <...
- kvm_mmu_page_set_access(...);
 ...>
 }
