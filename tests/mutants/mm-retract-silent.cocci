// SPDX-License-Identifier: GPL-2.0-only
// breaks: the page tables of a file are dropped for a huge page without a word to notifiers
// file: mm/khugepaged.c
// scenarios: MemoryChanges.*collapse:Full/MemoryChanges.*huge_shared_collapse
// survives: a collapse of shared memory, which the full suite has (not run)
@@
@@
 retract_page_tables(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
