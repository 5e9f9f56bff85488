// SPDX-License-Identifier: GPL-2.0-only
// breaks: tables zapped to recover NX huge pages are freed without a flush
// undoes: "KVM: x86/mmu: Ensure TLBs are flushed for TDP MMU during NX zapping"
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: Instructions.*
@@
identifier flush;
@@
 kvm_recover_nx_huge_pages(...)
 {
 <...
- flush |= kvm_tdp_mmu_zap_sp(kvm, sp);
+ kvm_tdp_mmu_zap_sp(kvm, sp);
 ...>
 }
