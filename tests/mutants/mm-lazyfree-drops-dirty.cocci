// SPDX-License-Identifier: GPL-2.0-only
// breaks: MADV_FREE takes pages that were written since
// file: mm/rmap.c
// scenarios: LazyFree.*
@@
expression list a;
@@
 try_to_unmap_one(...)
 {
 <...
- folio_test_dirty(a)
+ false
 ...>
 }
