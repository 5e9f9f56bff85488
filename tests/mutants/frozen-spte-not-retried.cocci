// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault that meets a frozen SPTE does not retry but replaces it
// file: arch/x86/kvm/mmu/tdp_mmu.c
// survives: two faults in a moment of some instructions; no gate is there
// scenarios: *
@@
identifier iter;
@@
 kvm_tdp_mmu_map(...)
 {
 <...
- if (is_frozen_spte(iter.old_spte))
-   goto retry;
 ...>
 }
