// SPDX-License-Identifier: GPL-2.0-only
// breaks: the dirty bit of an SPTE that the rmaps zap is lost
// file: arch/x86/kvm/mmu/mmu.c
// survives: the write fault has marked the page before; swap of memory that was mapped writable by a read would show it
// append: kvm.tdp_mmu=0
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 mmu_spte_clear_track_bits(...)
 {
 <...
- kvm_set_pfn_dirty(pfn);
+ ;
 ...>
 }
