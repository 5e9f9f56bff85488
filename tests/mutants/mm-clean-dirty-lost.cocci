// SPDX-License-Identifier: GPL-2.0-only
// breaks: what folio_mkclean() finds written does not make the page dirty
// file: mm/page-writeback.c
// scenarios: Writeback.*:WriteBehind.*
@@
@@
 folio_clear_dirty_for_io(...)
 {
 <...
- if (folio_mkclean(folio)) folio_mark_dirty(folio);
+ folio_mkclean(folio);
 ...>
 }
