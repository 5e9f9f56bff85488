// SPDX-License-Identifier: GPL-2.0-only
// breaks: the index of the used ring is not logged, its entries are
// file: drivers/vhost/vhost.c
// scenarios: *VhostLog.*
@@
expression used, count, vq;
@@
 vhost_add_used_n(...)
 {
 <...
- log_used(vq, used, count);
 ...>
 }
