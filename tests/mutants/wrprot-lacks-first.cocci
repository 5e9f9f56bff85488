// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on leaves the first page of the memslot writable
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression e;
@@
 kvm_tdp_mmu_wrprot_slot(...)
 {
 <...
- wrprot_gfn_range(kvm, root, slot->base_gfn, e, min_level)
+ wrprot_gfn_range(kvm, root, slot->base_gfn + 1, e, min_level)
 ...>
 }
