// SPDX-License-Identifier: GPL-2.0-only
// breaks: collecting a log clears D and does not mark the folio dirty
// host: x86_64-intel
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Migration.*:Turns.*:ContinuousWriters.*
@@
@@
 clear_dirty_pt_masked(...)
 {
 <...
- kvm_set_pfn_dirty(spte_to_pfn(iter.old_spte));
 ...>
 }
