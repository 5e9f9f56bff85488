// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page table of the guest's that becomes writable is not remembered as such (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
 mmu_try_to_unsync_pages(...)
 {
 <...
- kvm_unsync_page(kvm, sp);
 ...>
 }
