// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching on a log leaves D of the memslot's SPTEs
// host: x86_64-intel
// file: arch/x86/kvm/x86.c
// scenarios: LogToggle.*:Turns.*:Migration.*
@@
@@
 kvm_mmu_slot_apply_flags(...)
 {
 <...
- kvm_mmu_slot_leaf_clear_dirty(kvm, new);
 ...>
 }
