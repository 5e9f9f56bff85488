// SPDX-License-Identifier: GPL-2.0-only
// breaks: RSM loads the state of the vCPU from memory of the normal address space where the SMM address space has other memory at SMBASE
// file: arch/x86/kvm/smm.c
// scenarios: *
@@
identifier vcpu;
@@
 emulator_leave_smm(...)
 {
 <...
- kvm_vcpu_read_guest(vcpu,
+ kvm_read_guest(vcpu->kvm,
  ...)
 ...>
 }
