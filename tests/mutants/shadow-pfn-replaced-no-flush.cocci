// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE of another page is replaced without a flush
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 mmu_set_spte(...)
 {
 <...
- drop_spte(vcpu->kvm, sptep);
- flush = true;
+ drop_spte(vcpu->kvm, sptep);
 ...>
 }
