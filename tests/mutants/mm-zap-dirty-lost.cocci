// SPDX-License-Identifier: GPL-2.0-only
// breaks: what is unmapped forgets that it was written
// file: mm/memory.c
// scenarios: *MemoryChanges.*file*:Writeback.*:*Vmm*
// survives: a page that is dirty by the page table alone, as above all on tmpfs (FS=tmpfs has not been run)
@@
@@
 zap_present_folio_ptes(...)
 {
 <...
- folio_mark_dirty(folio);
 ...>
 }
