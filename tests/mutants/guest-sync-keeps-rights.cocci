// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE keeps its rights although the guest has taken them away (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
- if (kvm_mmu_page_get_access(sp, i) == pte_access) return 0;
+ return 0;
