// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk that has given its lock away goes on with the next entry
// file: arch/x86/kvm/mmu/tdp_mmu.c
// append: preempt=full
// scenarios: Contended.*
@@
@@
 tdp_mmu_iter_cond_resched(...)
 {
 <...
- iter->yielded = true;
+ return true;
 ...>
 }
