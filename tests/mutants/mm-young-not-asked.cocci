// SPDX-License-Identifier: GPL-2.0-only
// breaks: reclaim does not ask the guest whether it has used a page
// file: mm/mmu_notifier.c
// scenarios: Aging.*:Monitored.*
// survives: what reclaim makes of the answer; that an access is missed while a TLB has the accessed bit is allowed
@@
identifier y;
expression e;
@@
 __mmu_notifier_clear_flush_young(...)
 {
 <...
- y |= e;
+ e;
 ...>
 }
