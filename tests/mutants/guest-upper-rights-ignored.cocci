// SPDX-License-Identifier: GPL-2.0-only
// breaks: what an upper page table of the guest's forbids is allowed (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
- pt_access & (pte ^ walk_nx_mask)
+ pte ^ walk_nx_mask
