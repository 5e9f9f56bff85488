// SPDX-License-Identifier: GPL-2.0-only
// breaks: small SPTEs are given up for a huge one without a flush
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression a, b;
@@
 tdp_mmu_zap_spte_atomic(...)
 {
 <...
- kvm_flush_remote_tlbs_gfn(kvm, a, b);
 ...>
 }
