// SPDX-License-Identifier: GPL-2.0-only
// breaks: a cache that is not active may be refreshed and used
// undoes: "KVM: Reject attempts to consume or refresh inactive gfn_to_pfn_cache"
// file: virt/kvm/pfncache.c
// scenarios: KvmWrites.*
// survives: Xen's event channels
@@
@@
 kvm_gpc_check(...)
 {
 <...
- if (!gpc->active)
-	return false;
 ...>
 }
@@
@@
 __kvm_gpc_refresh(...)
 {
 <...
- if (!gpc->active) { ... }
 ...>
 }
