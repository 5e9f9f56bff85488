// SPDX-License-Identifier: GPL-2.0-only
// breaks: a reset of the ring loses what was visited before, on the way down
// file: virt/kvm/dirty_ring.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression delta;
@@
- mask = (mask << -delta) | 1;
+ mask = 1;
