// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault does not release the page that it has got
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *
@@
identifier orig_pfn;
@@
 kvm_tdp_mmu_page_fault(...)
 {
 <...
- kvm_release_pfn_clean(orig_pfn);
+ ;
 ...>
 }
