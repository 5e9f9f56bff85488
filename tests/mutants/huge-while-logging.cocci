// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault maps a huge page although the log is on
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *HugePages*:*MemoryChanges*
@@
expression slot;
@@
 kvm_mmu_hugepage_adjust(...)
 {
 <...
- if (kvm_slot_dirty_track_enabled(slot)) return;
 ...>
 }
