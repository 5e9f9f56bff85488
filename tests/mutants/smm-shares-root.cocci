// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU in SMM uses the page tables of the normal address space: where the two differ, SMM sees normal memory that has been touched, and the normal guest sees SMRAM
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *
@@
identifier role, cpu_role;
@@
 kvm_calc_tdp_mmu_root_page_role(...)
 {
 <...
- role.smm = cpu_role.base.smm;
 ...>
 }
