// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation forgets the flush the first root asked for when a second root has none
// file: arch/x86/kvm/mmu/tdp_mmu.c
// survives: a second vCPU that holds an invalid root while the first one has its page unmapped
// scenarios: *
@@
expression kvm, root, range;
@@
 kvm_tdp_mmu_unmap_gfn_range(...)
 {
 <...
- flush = tdp_mmu_zap_leafs(kvm, root, range->start, range->end, range->may_block, flush);
+ flush = tdp_mmu_zap_leafs(kvm, root, range->start, range->end, range->may_block, false);
 ...>
 }
