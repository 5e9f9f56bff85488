// SPDX-License-Identifier: GPL-2.0-only
// breaks: the TDP MMU leaves the last page of a range that it zaps
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression end;
@@
 tdp_mmu_zap_leafs(...)
 {
 <...
- end = min(end, tdp_mmu_max_gfn_exclusive());
+ end = min(end - (end - start > 1), tdp_mmu_max_gfn_exclusive());
 ...>
 }
