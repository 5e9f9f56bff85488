// SPDX-License-Identifier: GPL-2.0-only
// breaks: a huge page is split into small ones without a word to notifiers
// file: mm/huge_memory.c
// scenarios: MemoryChanges.*huge*:Ksm.*:Full/MemoryChanges.*huge_shared*
// survives: somebody who looks between the split and what it is made for: the pages stay the same
@@
@@
 __split_huge_pmd(...)
 {
 <...
(
- mmu_notifier_invalidate_range_start(...);
|
- mmu_notifier_invalidate_range_end(...);
)
 ...>
 }
