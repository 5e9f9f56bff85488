// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page of hugetlbfs is copied on write without a word to notifiers
// file: mm/hugetlb.c
// scenarios: Full/Fork.*hugetlb
@@
@@
 hugetlb_wp(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
