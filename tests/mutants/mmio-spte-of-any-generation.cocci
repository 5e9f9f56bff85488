// SPDX-License-Identifier: GPL-2.0-only
// breaks: an MMIO SPTE is valid whatever its generation
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *
@@
identifier kvm_gen, spte_gen;
@@
 check_mmio_spte(...)
 {
 <...
- return likely(kvm_gen == spte_gen);
+ return true;
 ...>
 }
