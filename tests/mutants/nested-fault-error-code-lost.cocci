// SPDX-License-Identifier: GPL-2.0-only
// breaks: a hypervisor in the guest is told of each nested page fault as a read of a page that is not present, whatever it was
// file: arch/x86/kvm/svm/nested.c
// scenarios: NestedTables.*
@@
identifier vmcb, fault;
@@
 nested_svm_inject_npf_exit(...)
 {
 <...
- vmcb->control.exit_info_1 |= fault->error_code;
 ...>
 }
