// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write to a read-only slot is retried and not emulated
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *
@@
identifier fault;
@@
 kvm_handle_error_pfn(...)
 {
 <...
  if (fault->pfn == KVM_PFN_ERR_RO_FAULT)
-   return RET_PF_EMULATE;
+   return RET_PF_RETRY;
 ...>
 }
