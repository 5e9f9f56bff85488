// SPDX-License-Identifier: GPL-2.0-only
// breaks: the last page of a range that is being invalidated may be mapped meanwhile
// file: virt/kvm/kvm_main.c
// scenarios: Staged.*:Ksm.*
@@
identifier kvm, range;
@@
 kvm_mmu_unmap_gfn_range(...)
 {
 <...
- kvm_mmu_invalidate_range_add(kvm, range->start, range->end);
+ kvm_mmu_invalidate_range_add(kvm, range->start, range->end - 1);
 ...>
 }
