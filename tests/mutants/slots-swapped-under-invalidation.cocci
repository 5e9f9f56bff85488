// SPDX-License-Identifier: GPL-2.0-only
// breaks: memslots are replaced between begin and end of an invalidation
// file: virt/kvm/kvm_main.c
// scenarios: *lot*:*MemoryChanges*
@@
expression kvm;
statement S;
@@
 kvm_swap_active_memslots(...)
 {
 <...
- while (kvm->mn_active_invalidate_count) S
 ...>
 }
