// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault maps a huge page although the log is on, if the log is a ring
// undoes: 044c59c409b2 "KVM: Don't allocate dirty bitmap if dirty ring is enabled" (its checks of the slot's flag)
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *HugePages*
@@
identifier slot;
@@
 kvm_mmu_hugepage_adjust(...)
 {
 <...
- kvm_slot_dirty_track_enabled(slot)
+ slot->dirty_bitmap
 ...>
 }
