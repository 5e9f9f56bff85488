// SPDX-License-Identifier: GPL-2.0-only
// breaks: MADV_FREE without a word to notifiers
// file: mm/madvise.c
// scenarios: LazyFree.*
@@
@@
 madvise_free_single_vma(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
