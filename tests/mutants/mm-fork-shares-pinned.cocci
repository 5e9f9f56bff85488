// SPDX-License-Identifier: GPL-2.0-only
// breaks: a child shares a page that a device has, so that the parent gets another by its next write
// file: mm/memory.c
// scenarios: PinnedMemoryForked.*
@@
expression folio, page, vma;
@@
 copy_present_ptes(...)
 {
 <...
- folio_try_dup_anon_rmap_pte(folio, page, vma)
+ (folio_try_dup_anon_rmap_pte(folio, page, vma) && (folio_dup_file_rmap_pte(folio, page), 0))
 ...>
 }
