// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on write-protects nothing
// file: arch/x86/kvm/x86.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
@@
 kvm_mmu_slot_apply_flags(...)
 {
 <...
- kvm_mmu_slot_remove_write_access(kvm, new, PG_LEVEL_4K);
 ...>
 }
