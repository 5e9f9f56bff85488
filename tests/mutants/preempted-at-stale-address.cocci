// SPDX-License-Identifier: GPL-2.0-only
// breaks: that a vCPU was preempted is written to where its steal time was before memslots changed
// undoes: c3c28d24d910 "KVM: x86: do not report preemption if the steal time cache is stale"
// file: arch/x86/kvm/x86.c
// survives: a vCPU that is preempted just after its memslot was made anew
// scenarios: *
@@
symbol slots, ghc, gpa;
@@
 kvm_steal_time_set_preempted(...)
 {
 <...
- slots->generation != ghc->generation || gpa != ghc->gpa
+ gpa != ghc->gpa
 ...>
 }
