// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page table of the guest's that two entries with different rights lead to has the rights of the way on which it was first used, on the other way as well (shadow paging)
// fix: KVM: X86: MMU: Use the correct inherited permissions to get shadow page
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: *
@@
identifier gw, it;
@@
- gw->pt_access[it.level - 2]
+ gw->pt_access[gw->level - 1]
