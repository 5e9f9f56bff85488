// SPDX-License-Identifier: GPL-2.0-only
// breaks: the TLB flush that the guest asks for in the preempted byte of its steal time (KVM_FEATURE_PV_TLB_FLUSH) is not done when the vCPU goes on
// file: arch/x86/kvm/x86.c
// scenarios: *
// survives: a guest that asks for flushes in its steal time, where translations outlive the exit of the vCPU
@@
identifier st_preempted, vcpu;
@@
 record_steal_time(...)
 {
 <...
- if (st_preempted & KVM_VCPU_FLUSH_TLB) kvm_vcpu_flush_tlb_guest(vcpu);
 ...>
 }
