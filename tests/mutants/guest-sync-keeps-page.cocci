// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE keeps its page although the guest's entry leads to another one (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
- gfn != kvm_mmu_page_get_gfn(sp, i)
+ 0
