// SPDX-License-Identifier: GPL-2.0-only
// breaks: idle tracking does not ask the guest whether it has used a page
// file: mm/mmu_notifier.c
// scenarios: Aging.*:Monitored.*
// survives: what idle tracking makes of the answer; that an access is missed while a TLB has the accessed bit is allowed
@@
identifier y;
expression e;
@@
 __mmu_notifier_clear_young(...)
 {
 <...
- y |= e;
+ e;
 ...>
 }
