// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that a device has is migrated
// file: mm/migrate.c
// scenarios: PinnedMemoryChanges.*
// survives: nothing, for anonymous memory: try_to_migrate_one() has refused what is pinned before (folio_try_share_anon_rmap_pte())
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
