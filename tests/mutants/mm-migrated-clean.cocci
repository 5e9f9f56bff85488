// SPDX-License-Identifier: GPL-2.0-only
// breaks: the new page of a dirty one is clean
// file: mm/migrate.c
// scenarios: MemoryChanges.*migrate
@@
identifier n;
@@
(
- folio_set_dirty(n);
)
