// SPDX-License-Identifier: GPL-2.0-only
// breaks: zapping a root does not free the page tables that the root itself points to
// undoes: 524a1e4e381f "KVM: x86/mmu: Don't leak non-leaf SPTEs when zapping all SPTEs"
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: PageTables.*
@@
identifier kvm, root, shared;
@@
 tdp_mmu_zap_root(...)
 {
 <...
- __tdp_mmu_zap_root(kvm, root, shared, root->role.level);
 ...>
 }
