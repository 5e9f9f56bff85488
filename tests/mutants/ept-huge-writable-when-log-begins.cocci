// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching on a log leaves huge SPTEs writable: PML logs one of their pages
// host: x86_64-intel
// file: arch/x86/kvm/x86.c
// scenarios: HugePages.*:PageSizes.*
@@
@@
 kvm_mmu_slot_apply_flags(...)
 {
 <...
- kvm_mmu_slot_remove_write_access(kvm, new, PG_LEVEL_2M);
 ...>
 }
