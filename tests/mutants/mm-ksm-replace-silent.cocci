// SPDX-License-Identifier: GPL-2.0-only
// breaks: KSM replaces a page without a word to notifiers
// file: mm/ksm.c
// scenarios: Ksm.*
// survives: a read fault that is staged between the two steps of a merge
@@
@@
 replace_page(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
