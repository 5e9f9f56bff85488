// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU that waits for a page does not leave KVM_RUN for a signal
// undoes: "kvm: x86: Allow to respond to generic signals during slow PF"
// file: arch/x86/kvm/mmu/mmu.c
// survives: a signal for a vCPU whose fault waits; kernels before 6.2 had none of this, and nothing but the time tells them apart
// scenarios: *
@@
expression a, b;
@@
 __kvm_faultin_pfn(...)
 {
 <...
 __gfn_to_pfn_memslot(a, b, false,
- true
+ false
 , NULL, ...)
 ...>
 }
