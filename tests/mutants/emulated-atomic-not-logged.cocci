// SPDX-License-Identifier: GPL-2.0-only
// breaks: an atomic instruction that KVM emulates is not logged
// undoes: 910c57dfa4d1 "KVM: x86: Mark target gfn of emulated atomic instruction as dirty"
// file: arch/x86/kvm/x86.c
// scenarios: EmulatedWrites.*
@@
expression a, b;
@@
 emulator_cmpxchg_emulated(...)
 {
 <...
- kvm_vcpu_mark_page_dirty(a, b);
 ...>
 }
