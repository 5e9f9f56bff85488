// SPDX-License-Identifier: GPL-2.0-only
// breaks: migration unmaps a page without a word to notifiers
// file: mm/rmap.c
// scenarios: MemoryChanges.*migrate
@@
@@
 try_to_migrate_one(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
