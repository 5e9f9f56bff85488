// SPDX-License-Identifier: GPL-2.0-only
// breaks: reclaim forgets what the process has written by its page table
// file: mm/rmap.c
// scenarios: MemoryChanges.*page_out:Aging.*:*Vmm*
// survives: a page that is dirty by the page table alone, as above all on tmpfs (FS=tmpfs has not been run)
@@
identifier v;
@@
 try_to_unmap_one(...)
 {
 <...
- if (pte_dirty(v)) folio_mark_dirty(folio);
 ...>
 }
