// SPDX-License-Identifier: GPL-2.0-only
// breaks: a flush of a range of gfns is for the first
// file: arch/arm64/kvm/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression mmu, addr, size;
@@
 kvm_arch_flush_remote_tlbs_range(...)
 {
 <...
- kvm_tlb_flush_vmid_range(mmu, addr, size);
+ kvm_tlb_flush_vmid_range(mmu, addr, PAGE_SIZE);
 ...>
 }
