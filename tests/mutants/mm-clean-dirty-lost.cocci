// SPDX-License-Identifier: GPL-2.0-only
// breaks: what folio_mkclean() finds written does not make the page dirty
// file: mm/page-writeback.c
// scenarios: Writeback.*:WriteBehind.*
// survives: a page that is dirty by the page table alone, when it is cleaned: of a file with page_mkwrite() the write fault has made it dirty
@@
@@
 folio_clear_dirty_for_io(...)
 {
 <...
- if (folio_mkclean(folio)) folio_mark_dirty(folio);
+ folio_mkclean(folio);
 ...>
 }
