// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write of the guest's does not set the dirty flag in its page table (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
- pte |= PT_GUEST_DIRTY_MASK;
