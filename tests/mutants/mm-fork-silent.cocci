// SPDX-License-Identifier: GPL-2.0-only
// breaks: fork() write-protects without a word to notifiers
// file: mm/memory.c
// scenarios: Fork.*
@@
@@
 copy_page_range(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
