// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_PRE_FAULT_MEMORY that begins within a huge page takes what is behind it for mapped
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: PrefaultHuge.*
@@
identifier end, range, level;
@@
 kvm_arch_vcpu_pre_fault_memory(...)
 {
 <...
- end = (range->gpa & KVM_HPAGE_MASK(level)) + KVM_HPAGE_SIZE(level);
+ end = range->gpa + KVM_HPAGE_SIZE(level);
 ...>
 }
