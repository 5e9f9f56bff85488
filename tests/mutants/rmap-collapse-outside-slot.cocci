// SPDX-License-Identifier: GPL-2.0-only
// breaks: the rmaps' way to huge pages asks about memory before the slot
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: HugePages.*
@@
expression e;
@@
 kvm_mmu_zap_collapsible_spte(...)
 {
 <...
- sp->role.direct && is_gfn_in_memslot(slot, sp->gfn) && e
+ sp->role.direct && e
 ...>
 }
