// SPDX-License-Identifier: GPL-2.0-only
// breaks: mprotect() without a word to notifiers
// file: mm/mprotect.c
// scenarios: RefusedAccesses.*:MemoryChanges.*protect:MemoryChanges.*collapse:Turns.*
@@
@@
 change_pud_range(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
