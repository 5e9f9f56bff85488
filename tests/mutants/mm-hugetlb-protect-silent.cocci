// SPDX-License-Identifier: GPL-2.0-only
// breaks: mprotect() of hugetlbfs without a word to notifiers
// file: mm/hugetlb.c
// scenarios: Full/MemoryChanges.*hugetlb_protect
@@
@@
 hugetlb_change_protection(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
