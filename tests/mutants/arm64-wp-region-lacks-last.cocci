// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on leaves the last page of the memslot writable
// file: arch/arm64/kvm/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_mmu_wp_memory_region(...)
 {
 <...
- end = (memslot->base_gfn + memslot->npages) << PAGE_SHIFT;
+ end = (memslot->base_gfn + memslot->npages - 1) << PAGE_SHIFT;
 ...>
 }
