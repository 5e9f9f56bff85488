// SPDX-License-Identifier: GPL-2.0-only
// breaks: steal time goes on being written to the address that the guest gave first
// undoes: 901d3765fa80 "KVM: x86: revalidate steal time cache if MSR value changes"
// file: arch/x86/kvm/x86.c
// scenarios: KvmWrites.*
@@
symbol slots, ghc, gpa;
@@
 record_steal_time(...)
 {
 <...
- slots->generation != ghc->generation || gpa != ghc->gpa
+ slots->generation != ghc->generation
 ...>
 }
