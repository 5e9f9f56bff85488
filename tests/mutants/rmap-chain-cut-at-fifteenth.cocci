// SPDX-License-Identifier: GPL-2.0-only
// breaks: when the guest maps a page at a 15th address, the first 14 are forgotten: the page is unmapped, write-protected and aged at the later ones only (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
identifier desc, rmap_head;
@@
 pte_list_add(...)
 {
 <...
- desc->more = (struct pte_list_desc *)(rmap_head->val & ~KVM_RMAP_MANY);
 ...>
 }
