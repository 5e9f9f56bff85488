// SPDX-License-Identifier: GPL-2.0-only
// breaks: a pfn cache whose userspace address has changed goes on writing to the old page
// file: virt/kvm/pfncache.c
// scenarios: KvmWrites.*
@@
symbol gpc, hva_change;
@@
 __kvm_gpc_refresh(...)
 {
 <...
- !gpc->valid || hva_change
+ !gpc->valid
 ...>
 }
