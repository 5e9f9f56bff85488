// SPDX-License-Identifier: GPL-2.0-only
// breaks: MADV_DONTNEED, a truncation, a hole without a word to notifiers
// file: mm/memory.c
// scenarios: MemoryChanges.*_drop:MemoryChanges.*remove:MemoryChanges.*truncate:Turns.*
@@
@@
 zap_page_range_single(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
