// SPDX-License-Identifier: GPL-2.0-only
// breaks: a look at the accessed bit says that it is not set
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Aging.*:*Monitored*
@@
@@
 test_age_gfn(...)
 {
 <...
- return is_accessed_spte(iter->old_spte);
+ return false;
 ...>
 }
