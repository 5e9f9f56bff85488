// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on leaves the last page of the memslot writable
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_tdp_mmu_wrprot_slot(...)
 {
 <...
- slot->base_gfn + slot->npages
+ slot->base_gfn + slot->npages - 1
 ...>
 }
