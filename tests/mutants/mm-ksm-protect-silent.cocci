// SPDX-License-Identifier: GPL-2.0-only
// breaks: KSM write-protects a page without a word to notifiers
// file: mm/ksm.c
// scenarios: Ksm.*
@@
@@
 write_protect_page(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
