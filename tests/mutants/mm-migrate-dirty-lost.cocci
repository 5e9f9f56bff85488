// SPDX-License-Identifier: GPL-2.0-only
// breaks: migration forgets what the process has written by its page table
// file: mm/rmap.c
// scenarios: MemoryChanges.*migrate
// survives: a page that is dirty by the page table alone, as above all on tmpfs (FS=tmpfs has not been run)
@@
identifier v;
@@
 try_to_migrate_one(...)
 {
 <...
- if (pte_dirty(v)) folio_mark_dirty(folio);
 ...>
 }
