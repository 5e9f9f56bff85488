// SPDX-License-Identifier: GPL-2.0-only
// breaks: an address known as MMIO stays MMIO when a slot is created there
// file: arch/x86/kvm/x86.h
// scenarios: SlotChange.*:*Memslots.*
@@
identifier vcpu;
@@
 vcpu_match_mmio_gen(...)
 {
 <...
- vcpu->arch.mmio_gen == kvm_vcpu_memslots(vcpu)->generation
+ vcpu->arch.mmio_gen <= kvm_vcpu_memslots(vcpu)->generation
 ...>
 }
