// SPDX-License-Identifier: GPL-2.0-only
// breaks: what a device or another process has written by a pin is not dirty
// file: mm/gup.c
// scenarios: Pinned.*:*Vmm*
// survives: a page that is cleaned while process_vm_writev() or a fixed buffer of io_uring has it pinned
@@
@@
 unpin_user_pages_dirty_lock(...)
 {
 <...
- folio_mark_dirty(folio);
 ...>
 }
