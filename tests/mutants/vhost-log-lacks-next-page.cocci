// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write of a vhost device over a page's end is logged for the first page only
// file: drivers/vhost/vhost.c
// scenarios: *VhostLog.*
@@
@@
 log_write(...)
 {
 <...
- if (write_length <= VHOST_PAGE_SIZE)
+ if (write_length)
 break;
 ...>
 }
