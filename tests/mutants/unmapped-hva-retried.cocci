// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU that touches a memslot whose memory is not mapped in the VMM (or mapped read-only and written) faults for ever; KVM_RUN does not return EFAULT
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: RefusedAccesses.*
@@
@@
 kvm_handle_error_pfn(...)
 {
 <...
- return -EFAULT;
+ return RET_PF_RETRY;
 ...>
 }
