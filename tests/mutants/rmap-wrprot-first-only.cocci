// SPDX-License-Identifier: GPL-2.0-only
// breaks: of the pages to protect for the log the rmaps do the first
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_mmu_write_protect_pt_masked(...)
 {
 <...
- mask &= mask - 1;
+ mask = 0;
 ...>
 }
