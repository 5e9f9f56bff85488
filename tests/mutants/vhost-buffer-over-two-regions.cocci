// SPDX-License-Identifier: GPL-2.0-only
// breaks: what is in the second of two memory regions of a buffer goes on behind the first
// file: drivers/vhost/vhost.c
// scenarios: *VhostLog.*
@@
typedef u64;
expression len, s, size;
identifier _iov;
@@
 translate_desc(...)
 {
 <...
- _iov->iov_len = min((u64)len - s, size);
+ _iov->iov_len = (u64)len - s;
 ...>
 }

@@
expression s, size;
identifier len;
@@
 translate_desc(..., u32 len, ...)
 {
 <...
- s += size;
+ s += len;
 ...>
 }
