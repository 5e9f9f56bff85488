// SPDX-License-Identifier: GPL-2.0-only
// breaks: vhost-net does not log the packets that it writes, as vhost-vsock
// file: drivers/vhost/net.c
// scenarios: *VhostLog.*
@@
expression list es;
@@
- vhost_log_write(es);
+ ;
