// SPDX-License-Identifier: GPL-2.0-only
// breaks: a huge page that is split was never written
// file: mm/huge_memory.c
// scenarios: MemoryChanges.*huge*:Full/MemoryChanges.*huge_shared*:LazyFree.*
// survives: a huge page that is dirty by its entry alone
@@
identifier o;
@@
 __split_huge_pmd_locked(...)
 {
 <...
- if (pmd_dirty(o)) { ... }
 ...>
 }
