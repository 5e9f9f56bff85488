// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU that goes on on another CPU keeps its ASID there: it uses what the TLB of that CPU still has under this number, of its own or of another VM
// file: arch/x86/kvm/svm/svm.c
// scenarios: *
@@
identifier svm;
@@
 pre_svm_run(...)
 {
 <...
- svm->vmcb01.asid_generation = 0;
 ...>
 }
