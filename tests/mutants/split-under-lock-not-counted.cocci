// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page table made by splitting under the exclusive lock is not counted
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *
@@
identifier kvm, sp;
symbol shared;
@@
 tdp_mmu_link_sp(...)
 {
 <...
- tdp_account_mmu_page(kvm, sp);
+ if (shared) tdp_account_mmu_page(kvm, sp);
 ...>
 }
