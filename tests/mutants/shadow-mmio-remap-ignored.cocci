// SPDX-License-Identifier: GPL-2.0-only
// breaks: a guest that maps other memory where it had mapped MMIO, and executes INVLPG, goes on with the old MMIO address (shadow paging)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: *
// survives: a hole that a guest maps by tables of its own, and then another
@@
@@
 sync_mmio_spte(...)
 {
 <...
- mmu_spte_clear_no_track(...);
 ...>
 }
