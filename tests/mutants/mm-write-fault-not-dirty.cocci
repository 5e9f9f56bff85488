// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write fault of the process does not make the page dirty
// file: mm/memory.c
// scenarios: Writeback.*:WriteBehind.*:Staged.*
// survives: a file whose page_mkwrite() does not make the page dirty itself, as that of ext4 does
@@
identifier d;
@@
 fault_dirty_shared_page(...)
 {
 <...
- d = folio_mark_dirty(folio);
+ d = false;
 ...>
 }
