// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on does not flush
// file: arch/arm64/kvm/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_mmu_wp_memory_region(...)
 {
 <...
- kvm_flush_remote_tlbs_memslot(kvm, memslot);
 ...>
 }
