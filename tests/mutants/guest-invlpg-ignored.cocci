// SPDX-License-Identifier: GPL-2.0-only
// breaks: INVLPG leaves the SPTE of a page table that the guest has changed (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
 __kvm_mmu_invalidate_addr(...)
 {
 <...
- if (sp->unsync) { ... }
 ...>
 }
