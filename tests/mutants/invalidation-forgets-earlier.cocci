// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation that begins makes that which is under way be forgotten
// file: virt/kvm/kvm_main.c
// scenarios: Staged.*
@@
statement S1, S2;
@@
 kvm_mmu_invalidate_begin(...)
 {
 <...
- if (likely(kvm->mmu_invalidate_in_progress == 1)) {
 S1
 S2
- }
 ...>
 }
