// SPDX-License-Identifier: GPL-2.0-only
// breaks: of several SPTEs of a range only the last says whether the range is young
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *Monitored.*
@@
identifier ret, handler, iter;
expression kvm, range;
@@
 kvm_tdp_mmu_handle_gfn(...)
 {
 <...
- ret |= handler(kvm, &iter, range);
+ ret = handler(kvm, &iter, range);
 ...>
 }
