// SPDX-License-Identifier: GPL-2.0-only
// breaks: the accessed bit of an SPTE that goes is lost
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Aging.*:*Monitored*
@@
expression a;
@@
 handle_changed_spte(...)
 {
 <...
- kvm_set_pfn_accessed(a);
+ ;
 ...>
 }
