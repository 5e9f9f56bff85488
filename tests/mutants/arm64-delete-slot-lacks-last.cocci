// SPDX-License-Identifier: GPL-2.0-only
// breaks: the last page of a memslot that is deleted stays mapped
// file: arch/arm64/kvm/mmu.c
// scenarios: *lot*:*MemoryChanges*
@@
@@
 kvm_arch_flush_shadow_memslot(...)
 {
 <...
- slot->npages << PAGE_SHIFT
+ (slot->npages - 1) << PAGE_SHIFT
 ...>
 }
