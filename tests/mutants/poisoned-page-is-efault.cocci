// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_RUN of a vCPU that touches a poisoned page (madvise(MADV_HWPOISON)) fails with EFAULT instead of a SIGBUS with BUS_MCEERR_AR
// file: virt/kvm/kvm_main.c
// scenarios: *
// survives: a page that the VMM has poisoned (MADV_HWPOISON), and a VMM that takes the signal
@@
identifier pfn;
@@
 hva_to_pfn(...)
 {
 <...
- pfn = KVM_PFN_ERR_HWPOISON;
+ pfn = KVM_PFN_ERR_FAULT;
 ...>
 }
