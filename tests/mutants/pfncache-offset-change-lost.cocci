// SPDX-License-Identifier: GPL-2.0-only
// breaks: a pfn cache moved within its page goes on at the old offset
// file: virt/kvm/pfncache.c
// scenarios: KvmWrites.*
@@
identifier gpc, old_khva, page_offset;
@@
 __kvm_gpc_refresh(...)
 {
 <...
- gpc->khva = old_khva + page_offset;
 ...>
 }
