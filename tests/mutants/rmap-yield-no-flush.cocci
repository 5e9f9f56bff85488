// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk over the rmaps that gives its lock away does not flush before
// file: arch/x86/kvm/mmu/mmu.c
// append: preempt=full kvm.tdp_mmu=0
// scenarios: Contended.*
@@
expression a, b;
@@
 __walk_slot_rmaps(...)
 {
 <...
- kvm_flush_remote_tlbs_range(kvm, a, b);
 ...>
 }
