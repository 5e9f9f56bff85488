// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU whose ring is full goes on
// file: virt/kvm/dirty_ring.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_dirty_ring_check_request(...)
 {
 <...
- return true;
+ return false;
 ...>
 }
