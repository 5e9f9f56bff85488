// SPDX-License-Identifier: GPL-2.0-only
// breaks: resetting a ring takes the page of another slot for one of the slot before
// file: virt/kvm/dirty_ring.c
// scenarios: *SmallPages.*:*HugePages.*
@@
identifier first_round, next_slot, cur_slot;
@@
 kvm_dirty_ring_reset(...)
 {
 <...
- !first_round && next_slot == cur_slot
+ !first_round
 ...>
 }
