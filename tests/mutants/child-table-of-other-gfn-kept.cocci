// SPDX-License-Identifier: GPL-2.0-only
// breaks: when a large entry of a guest page table has been changed from outside (by the VMM), the table of small SPTEs of the old address is used for the new one (shadow paging)
// fix: KVM: x86: Fix shadow paging use-after-free due to unexpected GFN
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: *
// survives: a VMM that changes a guest's page table behind KVM's back, of which nothing is promised but that the host lives
@@
expression E;
identifier sptep, gfn;
@@
 kvm_mmu_get_child_sp(...)
 {
 <...
- E && spte_to_child_sp(*sptep)->gfn == gfn
+ E
 ...>
 }
