// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation does not reach the pfn caches: KVM writes to a page that is the guest's no more
// file: virt/kvm/pfncache.c
// scenarios: KvmWrites.*
@@
expression gpc;
@@
 gfn_to_pfn_cache_invalidate_start(...)
 {
 <...
- gpc->valid = false;
+ ;
 ...>
 }
