// SPDX-License-Identifier: GPL-2.0-only
// breaks: invalidations of several pages are told of the first
// file: mm/mmu_notifier.c
// scenarios: MemoryChanges.*anonymous*:MemoryChanges.*file*
@@
@@
 __mmu_notifier_invalidate_range_start(struct mmu_notifier_range *range)
 {
+ range->end = min(range->end, range->start + PAGE_SIZE);
 ...
 }
