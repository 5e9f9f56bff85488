// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU that goes on on another CPU keeps its ASID there: it uses what the TLB of that CPU still has under this number, of its own or of another VM
// file: arch/x86/kvm/svm/svm.c
// scenarios: *
// survives: the emulated TLB holds nothing of another VM's ASID on the other CPU: it takes a host that keeps what it had under a number, and a VM that ran there before
@@
identifier svm;
@@
 pre_svm_run(...)
 {
 <...
- svm->vmcb01.asid_generation = 0;
 ...>
 }
