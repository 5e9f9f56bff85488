// SPDX-License-Identifier: GPL-2.0-only
// breaks: munmap() without a word to notifiers
// file: mm/memory.c
// scenarios: MemoryChanges.*map_anew:MemoryChanges.*leave
@@
@@
 unmap_vmas(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
