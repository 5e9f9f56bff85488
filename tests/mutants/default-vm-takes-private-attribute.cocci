// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_SET_MEMORY_ATTRIBUTES lets a VM of the default type make memory private (EINVAL is right, and the capability is 0): the next access of the guest ends in EFAULT
// file: virt/kvm/kvm_main.c
// scenarios: *
// survives: KVM_SET_MEMORY_ATTRIBUTES, and what a VM of the default type may be asked
@@
identifier kvm;
@@
 kvm_supported_mem_attributes(...)
 {
 <...
- kvm_arch_has_private_mem(kvm)
+ IS_ENABLED(CONFIG_KVM_PRIVATE_MEM)
 ...>
 }
