// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that is made clean stays writable for the process
// file: mm/rmap.c
// scenarios: Writeback.*:WriteBehind.*:Migration.*:Turns.*:VmmMemory.*:HostWrites.*:*Vmm*
@@
identifier e;
@@
 page_vma_mkclean_one(...)
 {
 <...
- e = pte_wrprotect(e);
 ...>
 }
