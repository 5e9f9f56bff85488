// SPDX-License-Identifier: GPL-2.0-only
// breaks: the host counts tables that are freed
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: PageTables.*
@@
@@
 tdp_unaccount_mmu_page(...)
 {
 <...
- kvm_account_pgtable_pages(...);
 ...>
 }
