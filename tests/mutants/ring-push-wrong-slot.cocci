// SPDX-License-Identifier: GPL-2.0-only
// breaks: entries of the dirty ring name the slot before
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression vcpu, slot, rel;
@@
- kvm_dirty_ring_push(vcpu, slot, rel);
+ kvm_dirty_ring_push(vcpu, slot > 1 ? slot - 1 : slot, rel);
