// SPDX-License-Identifier: GPL-2.0-only
// breaks: small pages become a huge one without a word to notifiers
// file: mm/khugepaged.c
// scenarios: MemoryChanges.*collapse
@@
@@
 collapse_huge_page(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
