// SPDX-License-Identifier: GPL-2.0-only
// breaks: a reset of the ring protects what an entry of another slot had last
// file: virt/kvm/dirty_ring.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
@@
 kvm_dirty_ring_reset(...)
 {
 <...
- cur_slot = next_slot;
+ if (first_round) cur_slot = next_slot;
 ...>
 }
