// SPDX-License-Identifier: GPL-2.0-only
// breaks: VMLOAD and VMSAVE of a nested guest whose hypervisor does not intercept them are not intercepted either: on a CPU with virtual VMLOAD and VMSAVE they read and write the host's physical memory
// fix: KVM: nSVM: always intercept VMLOAD/VMSAVE when nested (CVE-2021-3656)
// file: arch/x86/kvm/svm/nested.c
// scenarios: *
// survives: a guest's guest that executes VMLOAD, on a CPU with virtual VMLOAD and VMSAVE
@@
identifier c;
@@
 recalc_intercepts(...)
 {
 <...
- vmcb_set_intercept(c, INTERCEPT_VMLOAD);
- vmcb_set_intercept(c, INTERCEPT_VMSAVE);
+ ;
 ...>
 }
