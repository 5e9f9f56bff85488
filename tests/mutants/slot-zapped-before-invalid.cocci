// SPDX-License-Identifier: GPL-2.0-only
// breaks: the SPTEs of a memslot that goes are zapped while faults can still map it
// file: virt/kvm/kvm_main.c
// scenarios: SlotDeleted.*
@@
identifier kvm, old;
@@
 kvm_invalidate_memslot(...)
 {
 <...
- kvm_swap_active_memslots(kvm, old->as_id);
 kvm_arch_flush_shadow_memslot(kvm, old);
+ kvm_swap_active_memslots(kvm, old->as_id);
 ...>
 }
