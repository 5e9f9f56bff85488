// SPDX-License-Identifier: GPL-2.0-only
// breaks: the SPTEs of a memslot that is deleted or moved stay
// file: virt/kvm/kvm_main.c
// scenarios: *lot*:*MemoryChanges*
@@
@@
 kvm_invalidate_memslot(...)
 {
 <...
- kvm_arch_flush_shadow_memslot(kvm, old);
 ...>
 }
