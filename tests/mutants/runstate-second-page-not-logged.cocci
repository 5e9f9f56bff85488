// SPDX-License-Identifier: GPL-2.0-only
// breaks: of Xen's runstate area over two pages the second is written and not logged
// file: arch/x86/kvm/xen.c
// scenarios: KvmWrites.*
@@
symbol gpc2;
@@
 kvm_xen_update_runstate_guest(...)
 {
 <...
- kvm_gpc_mark_dirty_in_slot(gpc2);
 ...>
 }
