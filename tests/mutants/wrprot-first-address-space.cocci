// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on is for the first address space only
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*:*smm*
@@
@@
 kvm_tdp_mmu_wrprot_slot(...)
 {
 <...
- slot->as_id
+ 0
 ...>
 }
