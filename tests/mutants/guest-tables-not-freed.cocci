// SPDX-License-Identifier: GPL-2.0-only
// breaks: shadow page tables that nothing leads to any more are not freed (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// survives: KVM takes it from sec_pagetables before it frees it, and memory.current is not exact enough for so few pages
// append: kvm_amd.npt=0
// scenarios: PageTables.*:GuestTables.*
@@
@@
 kvm_mmu_remote_flush_or_zap(...)
 {
 <...
- kvm_mmu_commit_zap_page(kvm, invalid_list);
+ ;
 ...>
 }
