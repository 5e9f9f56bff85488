// SPDX-License-Identifier: GPL-2.0-only
// breaks: the entry of the used ring is not logged, its index is
// file: drivers/vhost/vhost.c
// scenarios: *VhostLog.*
@@
expression used, count, vq;
@@
 __vhost_add_used_n(...)
 {
 <...
- log_used(vq, used, count);
 ...>
 }
