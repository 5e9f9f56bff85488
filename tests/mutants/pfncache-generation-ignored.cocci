// SPDX-License-Identifier: GPL-2.0-only
// breaks: a cache does not notice that its slot has changed
// file: virt/kvm/pfncache.c
// scenarios: KvmWrites.*
@@
expression e;
@@
 kvm_gpc_check(...)
 {
- struct kvm_memslots *slots = kvm_memslots(gpc->kvm);
 ...
- if (e && gpc->generation != slots->generation)
-	return false;
 ...
 }
