// SPDX-License-Identifier: GPL-2.0-only
// breaks: pages of a file are made clean without a word to notifiers
// file: mm/rmap.c
// scenarios: Writeback.*:WriteBehind.*
@@
@@
 page_vma_mkclean_one(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
