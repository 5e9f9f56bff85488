// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write to an upper page table of the guest's, which KVM emulates, changes no SPTE (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
 kvm_mmu_track_write(...)
 {
 <...
- mmu_page_zap_pte(vcpu->kvm, sp, spte, NULL);
 ...>
 }
