// SPDX-License-Identifier: GPL-2.0-only
// breaks: a pfn cache is filled while its page is being invalidated
// undoes: "KVM: Fix multiple races in gfn=>pfn cache refresh"
// file: virt/kvm/pfncache.c
// survives: a refresh in the moment of an invalidation; no gate is there
// scenarios: *
@@
identifier kvm;
@@
 mmu_notifier_retry_cache(...)
 {
 <...
- if (kvm->mn_active_invalidate_count)
-   return true;
 ...>
 }
