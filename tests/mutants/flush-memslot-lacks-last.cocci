// SPDX-License-Identifier: GPL-2.0-only
// breaks: the last page of a memslot that is deleted by its own SPTEs stays mapped
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *lot*:*MemoryChanges*
@@
identifier range;
@@
 kvm_arch_flush_shadow_memslot(...)
 {
 <...
+ range.end--;
 flush = kvm_unmap_gfn_range(kvm, &range);
 ...>
 }
