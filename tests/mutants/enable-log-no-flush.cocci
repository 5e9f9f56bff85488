// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on does not flush
// file: arch/x86/kvm/x86.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
@@
 kvm_mmu_slot_apply_flags(...)
 {
 <...
- kvm_flush_remote_tlbs_memslot(kvm, new);
 ...>
 }
