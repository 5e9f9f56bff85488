// SPDX-License-Identifier: GPL-2.0-only
// breaks: an address that a vCPU has known as MMIO in SMM stays MMIO for the instructions that KVM emulates when the vCPU has left SMM, though there is memory, and the other way round
// fix: KVM: x86: Use active memslots for the per-vCPU MMIO cache
// file: arch/x86/kvm/x86.h
// scenarios: TwoAddressSpaces.*
@@
identifier vcpu;
@@
 vcpu_cache_mmio_info(...)
 {
 <...
- kvm_vcpu_memslots(vcpu)
+ kvm_memslots(vcpu->kvm)
 ...>
 }
@@
identifier vcpu;
@@
 vcpu_match_mmio_gen(...)
 {
 <...
- kvm_vcpu_memslots(vcpu)
+ kvm_memslots(vcpu->kvm)
 ...>
 }
