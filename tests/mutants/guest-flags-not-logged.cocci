// SPDX-License-Identifier: GPL-2.0-only
// breaks: the flags that KVM sets in a page table of the guest's are not in the log (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
- kvm_vcpu_mark_page_dirty(vcpu, table_gfn);
