// SPDX-License-Identifier: GPL-2.0-only
// breaks: reclaim unmaps a page without a word to notifiers
// file: mm/rmap.c
// scenarios: MemoryChanges.*page_out:Aging.*
@@
@@
 try_to_unmap_one(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
