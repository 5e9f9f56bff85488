// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk that gives its lock away does not flush before
// file: arch/x86/kvm/mmu/tdp_mmu.c
// append: preempt=full
// scenarios: Contended.*
@@
@@
 tdp_mmu_iter_cond_resched(...)
 {
 <...
- kvm_flush_remote_tlbs(kvm);
+ ;
 ...>
 }
