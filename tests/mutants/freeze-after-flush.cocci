// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE that is zapped under the read side of mmu_lock is not frozen before TLBs are flushed
// file: arch/x86/kvm/mmu/tdp_mmu.c
// survives: a vCPU that uses the SPTE in the moment between the flush and the write; no gate is there
// scenarios: PageSizes.*:*HugePages*:Instructions.*
@@
expression iter;
@@
 tdp_mmu_zap_spte_atomic(...)
 {
 <...
- ret = __tdp_mmu_set_spte_atomic(iter, FROZEN_SPTE);
+ ret = 0;
 ...>
 }
