// SPDX-License-Identifier: GPL-2.0-only
// breaks: sync does not wait for what is under way
// file: mm/filemap.c
// scenarios: Writeback.*:WriteBehind.*
@@
@@
 __filemap_fdatawait_range(...)
 {
 <...
- folio_wait_writeback(...);
+ ;
 ...>
 }
