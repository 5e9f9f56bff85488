// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that a device has is migrated
// file: mm/migrate.c
// scenarios: PinnedMemoryChanges.*
@@
expression src, expected;
@@
 __migrate_folio(...)
 {
 <...
- if (folio_ref_count(src) != expected)
+ if (folio_ref_count(src) < expected)
  return ...;
 ...>
 }
