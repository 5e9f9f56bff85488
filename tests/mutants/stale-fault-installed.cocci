// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault installs a pfn that was invalidated meanwhile
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 is_page_fault_stale(...)
 {
 ...
- return fault->slot && mmu_invalidate_retry_gfn(vcpu->kvm, fault->mmu_seq, fault->gfn);
+ return false;
 }
