// SPDX-License-Identifier: GPL-2.0-only
// breaks: a reset of the ring write-protects the last page of each batch
// file: virt/kvm/dirty_ring.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression delta;
@@
- mask |= 1ull << delta;
+ mask = 1ull << delta;
