// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging by the rmaps says that the page is old
// file: arch/x86/kvm/mmu/mmu.c
// survives: shadow paging has no SPTE events, and nothing reads back what aging says
// append: kvm.tdp_mmu=0
// scenarios: Aging.*:*Monitored*
@@
@@
 kvm_rmap_age_gfn_range(...)
 {
 <...
- young = true;
+ young = false;
 ...>
 }
