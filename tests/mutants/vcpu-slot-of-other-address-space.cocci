// SPDX-License-Identifier: GPL-2.0-only
// breaks: the memslot that a vCPU used last is still used when the vCPU changes to an address space whose memslots are of an older generation: KVM's own accesses and faults find SMM's memory outside of SMM, or the other way round
// file: virt/kvm/kvm_main.c
// scenarios: Smi.*
@@
identifier gen, vcpu;
@@
 kvm_vcpu_gfn_to_memslot(...)
 {
 <...
- gen != vcpu->last_used_slot_gen
+ gen > vcpu->last_used_slot_gen
 ...>
 }
