// SPDX-License-Identifier: GPL-2.0-only
// breaks: the VMCB of a nested guest, which KVM writes at its exit, is not logged: lost when the log was taken while the nested guest ran
// file: arch/x86/kvm/svm/nested.c
// scenarios: NestedGuest.*
@@
@@
 nested_svm_vmexit(...)
 {
 <...
 kvm_vcpu_unmap(...,
- true
+ false
  )
 ...>
 }
