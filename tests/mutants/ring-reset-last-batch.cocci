// SPDX-License-Identifier: GPL-2.0-only
// breaks: a reset of the ring does not protect the last batch
// file: virt/kvm/dirty_ring.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression kvm, s, o, m;
@@
 kvm_dirty_ring_reset(...)
 {
 ...
 while (...) { ... }
 <...
- kvm_reset_dirty_gfn(kvm, s, o, m);
 ...>
 }
