// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write fault on a logged huge page replaces it by an empty table, and does not flush
// file: arch/x86/kvm/mmu/tdp_mmu.c
// append: kvm.eager_page_split=0
// scenarios: *HugePages.*:Staged.*:Writeback.*
@@
expression kvm, r, sp;
identifier iter;
@@
 kvm_tdp_mmu_map(...)
 {
 <...
- if (is_shadow_present_pte(iter.old_spte))
-   r = tdp_mmu_split_huge_page(kvm, &iter, sp, true);
- else
-   r = tdp_mmu_link_sp(kvm, &iter, sp, true);
+ r = tdp_mmu_link_sp(kvm, &iter, sp, true);
 ...>
 }
