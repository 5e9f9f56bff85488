// SPDX-License-Identifier: GPL-2.0-only
// breaks: entries beside the one that is accessed are mapped although their accessed flags are not set (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
- !(gpte & PT_GUEST_ACCESSED_MASK)
+ 0
