// SPDX-License-Identifier: GPL-2.0-only
// breaks: entries of the ring name even pages only
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression vcpu, slot, rel;
@@
 mark_page_dirty_in_slot(...)
 {
 <...
- kvm_dirty_ring_push(vcpu, slot, rel);
+ kvm_dirty_ring_push(vcpu, slot, rel & ~1UL);
 ...>
 }
