// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write of a vhost device is logged at the beginning of its byte of the bitmap
// file: drivers/vhost/vhost.c
// scenarios: *VhostLog.*
@@
@@
 log_write(...)
 {
 <...
- int bit = write_page % 8;
+ int bit = write_page % 4;
 ...>
 }
