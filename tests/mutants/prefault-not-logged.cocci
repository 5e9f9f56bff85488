// SPDX-License-Identifier: GPL-2.0-only
// breaks: a writable SPTE made by prefaulting a logged page is not logged
// file: arch/x86/kvm/mmu/spte.c
// scenarios: *PrefaultLogged.*
@@
identifier spte, slot;
@@
 make_spte(...)
 {
 <...
- (spte & PT_WRITABLE_MASK) && kvm_slot_dirty_track_enabled(slot)
+ (spte & PT_WRITABLE_MASK) && kvm_slot_dirty_track_enabled(slot) && !prefetch
 ...>
 }
