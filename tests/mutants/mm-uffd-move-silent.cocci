// SPDX-License-Identifier: GPL-2.0-only
// breaks: UFFDIO_MOVE without a word to notifiers
// file: mm/userfaultfd.c
// scenarios: MemoryChanges.*userfault
@@
@@
 move_pages_pte(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
