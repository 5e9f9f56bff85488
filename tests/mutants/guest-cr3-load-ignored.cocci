// SPDX-License-Identifier: GPL-2.0-only
// breaks: a load of CR3 leaves the SPTEs of page tables that the guest has changed (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: GuestTables.*
@@
@@
 kvm_mmu_sync_roots(...)
 {
+ return;
 ...
 }
