// SPDX-License-Identifier: GPL-2.0-only
// breaks: what the guest has only read is mapped writable: the write after it sets no dirty flag (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
 mask |=
- (gpte >> (PT_GUEST_DIRTY_SHIFT - PT_WRITABLE_SHIFT)) &
 PT_WRITABLE_MASK;
