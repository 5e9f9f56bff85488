// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk that has given its lock away goes on one entry too far
// undoes: 3a0f64de479c "KVM: x86/mmu: Don't advance iterator after restart due to yielding"
// file: arch/x86/kvm/mmu/tdp_iter.c
// append: preempt=full
// scenarios: Contended.*
@@
expression iter;
@@
 tdp_iter_next(...)
 {
 <...
 tdp_iter_restart(iter);
- return;
 ...>
 }
