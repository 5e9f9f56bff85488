// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging looks at the pages of normal memory only
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Aging.*
@@
@@
 kvm_tdp_mmu_handle_gfn(...)
 {
 <...
- range->slot->as_id
+ 0
 ...>
 }
