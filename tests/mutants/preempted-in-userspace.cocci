// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU that returns to user space is said to be preempted, in guest memory
// undoes: "KVM: x86: do not set st->preempted when going back to user space"
// file: arch/x86/kvm/x86.c
// scenarios: KvmWrites.*
// survives: a preemption right before the exit leaves the same bit
@@
expression e;
@@
 kvm_arch_vcpu_put(...)
 {
 ...
- if (vcpu->preempted) {
- vcpu->arch.preempted_in_kernel = e;
+ vcpu->arch.preempted_in_kernel = e;
 idx = srcu_read_lock(&vcpu->kvm->srcu);
 ...
 srcu_read_unlock(&vcpu->kvm->srcu, idx);
- }
 ...
 }
