// SPDX-License-Identifier: GPL-2.0-only
// breaks: behind an IOMMU a write is logged by the address that the device has for it (undoes "vhost: log dirty page correctly")
// file: drivers/vhost/vhost.c
// scenarios: *VhostLog.*
@@
identifier vq, log, log_num, len, iov, count;
@@
 vhost_log_write(struct vhost_virtqueue *vq, struct vhost_log *log, unsigned int log_num, u64 len, struct iovec *iov, int count)
 {
 <...
- if (vq->iotlb)
+ if (vq->iotlb && count < 0)
 {
 ...
 }
 ...>
 }
