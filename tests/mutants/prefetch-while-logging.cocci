// SPDX-License-Identifier: GPL-2.0-only
// breaks: neighbours are mapped for writing though the slot is logged
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: SmallPages.*:Turns.*
@@
@@
 direct_pte_prefetch_many(...)
 {
 <...
- access & ACC_WRITE_MASK
+ false
 ...>
 }
