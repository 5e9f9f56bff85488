// SPDX-License-Identifier: GPL-2.0-only
// breaks: the dirty bit of a huge SPTE that goes is lost
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*:*HugePages*
@@
expression a;
@@
 handle_changed_spte(...)
 {
 <...
- kvm_set_pfn_dirty(a);
+ if (level == PG_LEVEL_4K) kvm_set_pfn_dirty(a);
 ...>
 }
