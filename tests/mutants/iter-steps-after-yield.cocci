// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk that has given its lock away goes on one entry too far
// undoes: 3a0f64de479c "KVM: x86/mmu: Don't advance iterator after restart due to yielding"
// file: arch/x86/kvm/mmu/tdp_iter.c
// survives: what is passed over is an entry of the root; more than 512 GB of guest addresses would show it
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
