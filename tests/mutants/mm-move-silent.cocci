// SPDX-License-Identifier: GPL-2.0-only
// breaks: mremap() without a word to notifiers
// file: mm/mremap.c
// scenarios: MemoryChanges.*move:MemoryChanges.*leave
@@
@@
 move_page_tables(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
