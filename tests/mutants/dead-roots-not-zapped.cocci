// SPDX-License-Identifier: GPL-2.0-only
// breaks: roots that memslot changes have invalidated are put, and not zapped before
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: *
@@
identifier kvm, root;
@@
 kvm_tdp_mmu_zap_invalidated_roots(...)
 {
 <...
- tdp_mmu_zap_root(kvm, root, true);
+ ;
 ...>
 }
