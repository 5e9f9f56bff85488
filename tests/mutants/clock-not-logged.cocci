// SPDX-License-Identifier: GPL-2.0-only
// breaks: the clock is written and not logged
// file: arch/x86/kvm/x86.c
// scenarios: KvmWrites.*
@@
expression a;
@@
 kvm_setup_guest_pvclock(...)
 {
 <...
- kvm_gpc_mark_dirty_in_slot(a);
 ...>
 }
