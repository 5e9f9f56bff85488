// SPDX-License-Identifier: GPL-2.0-only
// breaks: write-protection of shadow SPTEs does not ask for a flush
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 mmu_spte_update(...)
 {
 <...
- if (is_mmu_writable_spte(old_spte) && !is_writable_pte(new_spte)) flush = true;
 ...>
 }
