// SPDX-License-Identifier: GPL-2.0-only
// breaks: the wall clock in Xen's shared page is logged
// undoes: "KVM: x86: Fix wall clock writes in Xen shared_info not to mark page dirty"
// file: arch/x86/kvm/xen.c
// scenarios: KvmWrites.*
// survives: Xen's shared info page
@@
@@
 kvm_xen_shared_info_init(...)
 {
 <...
 wc->version = wc_version + 1;
+ kvm_gpc_mark_dirty_in_slot(gpc);
 ...>
 }
