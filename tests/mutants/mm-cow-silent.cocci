// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page is copied on write without a word to notifiers
// file: mm/memory.c
// scenarios: Fork.*:Ksm.*
@@
@@
 wp_page_copy(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
