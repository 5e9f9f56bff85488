// SPDX-License-Identifier: GPL-2.0-only
// breaks: the state of a vCPU that enters SMM is saved in memory of the normal address space
// file: arch/x86/kvm/smm.c
// scenarios: Smi.*
@@
identifier vcpu;
@@
 enter_smm(...)
 {
 <...
- kvm_vcpu_write_guest(vcpu,
+ kvm_write_guest(vcpu->kvm,
  ...)
 ...>
 }
