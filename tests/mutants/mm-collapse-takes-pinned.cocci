// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that a device has is replaced when memory becomes a huge page
// file: mm/khugepaged.c
// scenarios: PinnedMemoryChanges.*
@@
expression folio, expected;
@@
 is_refcount_suitable(...)
 {
 ...
- return folio_ref_count(folio) == expected;
+ return folio_ref_count(folio) >= expected;
 }
