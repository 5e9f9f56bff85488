// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault in SMM is served from the slots of normal memory
// file: arch/x86/kvm/mmu/mmu_internal.h
// scenarios: TwoAddressSpaces.*:Aging.*
@@
@@
 kvm_mmu_do_page_fault(...)
 {
 <...
- kvm_vcpu_gfn_to_memslot(vcpu, fault.gfn)
+ gfn_to_memslot(vcpu->kvm, fault.gfn)
 ...>
 }
