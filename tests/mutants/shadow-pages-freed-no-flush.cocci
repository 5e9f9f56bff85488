// SPDX-License-Identifier: GPL-2.0-only
// breaks: shadow pages are freed while TLBs may still hold what they mapped
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// survives: a vCPU that stays in the guest while its shadow pages are given up one by one
// scenarios: *
@@
identifier kvm;
@@
 kvm_mmu_commit_zap_page(...)
 {
 <...
- kvm_flush_remote_tlbs(kvm);
 ...>
 }
