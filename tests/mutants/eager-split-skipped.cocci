// SPDX-License-Identifier: GPL-2.0-only
// breaks: huge pages are not split when the log is switched on
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: PageSizes.*
@@
@@
 kvm_mmu_slot_try_split_huge_pages(...)
 {
 <...
- kvm_tdp_mmu_try_split_huge_pages(...);
 ...>
 }
