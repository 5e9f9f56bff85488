// SPDX-License-Identifier: GPL-2.0-only
// breaks: a last-level page table of a nested guest's that is mapped by a small SPTE stays writable: its changes are not seen, whatever the guest flushes
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: NestedTables.*
@@
identifier kvm, slot, gfn;
@@
 account_shadowed(...)
 {
 <...
- kvm_mmu_slot_gfn_write_protect(kvm, slot, gfn, PG_LEVEL_4K)
+ kvm_mmu_slot_gfn_write_protect(kvm, slot, gfn, PG_LEVEL_2M)
 ...>
 }
