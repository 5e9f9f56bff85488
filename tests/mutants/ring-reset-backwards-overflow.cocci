// SPDX-License-Identifier: GPL-2.0-only
// breaks: resetting a ring loses the highest pages of a batch extended downwards
// file: virt/kvm/dirty_ring.c
// scenarios: *SmallPages.*:*HugePages.*:Turns.*
@@
identifier delta, mask;
@@
 kvm_dirty_ring_reset(...)
 {
 <...
- delta > -BITS_PER_LONG && delta < 0 && (mask << -delta >> -delta) == mask
+ delta > -BITS_PER_LONG && delta < 0
 ...>
 }
