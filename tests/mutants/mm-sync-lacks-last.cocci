// SPDX-License-Identifier: GPL-2.0-only
// breaks: a sync of a range leaves out its last page
// file: mm/filemap.c
// scenarios: Writeback.*:WriteBehind.*
@@
expression a, b, c, d;
@@
 file_write_and_wait_range(...)
 {
 <...
- __filemap_fdatawrite_range(a, b, c, d)
+ __filemap_fdatawrite_range(a, b, c - PAGE_SIZE, d)
 ...>
 }
