// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault installs a pfn that was invalidated meanwhile
// file: arch/arm64/kvm/mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression kvm, seq;
@@
 kvm_s2_fault_map(...)
 {
 <...
- mmu_invalidate_retry(kvm, seq)
+ false
 ...>
 }
