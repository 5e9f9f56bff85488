// SPDX-License-Identifier: GPL-2.0-only
// breaks: deleting a slot with KVM_X86_QUIRK_SLOT_ZAP_ALL off does not flush
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *
@@
identifier kvm, slot, flush;
@@
 kvm_arch_flush_shadow_memslot(...)
 {
 <...
- kvm_mmu_zap_memslot_pages_and_flush(kvm, slot, flush);
+ kvm_mmu_zap_memslot_pages_and_flush(kvm, slot, false);
 ...>
 }
