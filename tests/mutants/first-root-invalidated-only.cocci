// SPDX-License-Identifier: GPL-2.0-only
// breaks: of the roots of several address spaces only the first is invalidated
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: TwoAddressSpaces.*
@@
expression root;
@@
 kvm_tdp_mmu_invalidate_all_roots(...)
 {
 <...
 root->role.invalid = true;
+ break;
 ...>
 }
