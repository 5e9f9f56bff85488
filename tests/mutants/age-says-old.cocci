// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging clears the accessed bit and says that it was not set
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Aging.*:*Monitored*
@@
@@
 age_gfn_range(...)
 {
 <...
- return true;
+ return false;
 ...>
 }
