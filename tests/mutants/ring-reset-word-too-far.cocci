// SPDX-License-Identifier: GPL-2.0-only
// breaks: entries of the ring 64 pages apart are taken for one word
// file: virt/kvm/dirty_ring.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression delta;
@@
- delta < BITS_PER_LONG
+ delta <= BITS_PER_LONG
