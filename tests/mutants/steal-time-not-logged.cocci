// SPDX-License-Identifier: GPL-2.0-only
// breaks: steal time is written and not logged
// file: arch/x86/kvm/x86.c
// scenarios: KvmWrites.*
@@
expression a, b, c;
@@
 record_steal_time(...)
 {
 <...
- mark_page_dirty_in_slot(a, b, c);
 ...>
 }
