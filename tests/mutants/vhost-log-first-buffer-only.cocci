// SPDX-License-Identifier: GPL-2.0-only
// breaks: of a packet in several buffers the first one is logged
// file: drivers/vhost/vhost.c
// scenarios: *VhostLog.*
@@
identifier i, log_num;
@@
 vhost_log_write(...)
 {
 <...
- for (i = 0; i < log_num; ++i)
+ for (i = 0; i < min(log_num, 1U); ++i)
 {
 ...
 }
 ...>
 }
