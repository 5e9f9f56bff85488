// SPDX-License-Identifier: GPL-2.0-only
// breaks: deleting a slot with KVM_X86_QUIRK_SLOT_ZAP_ALL off leaves its last page mapped
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: SlotChange.*
@@
identifier slot;
@@
 kvm_arch_flush_shadow_memslot(...)
 {
 <...
- slot->base_gfn + slot->npages
+ slot->base_gfn + slot->npages - 1
 ...>
 }
