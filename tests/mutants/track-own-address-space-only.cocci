// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page table of the guest that is written in SMM is not seen as a page table: it is mapped writable there, and the changes have no effect outside of SMM (shadow paging)
// file: arch/x86/kvm/mmu/page_track.c
// append: kvm_amd.npt=0
// scenarios: *
// survives: the guest would have to keep its page tables in memory that SMM sees as well, and write them from there
@@
identifier other_slot;
@@
 kvm_gfn_is_write_tracked(...)
 {
- const struct kvm_memory_slot *other_slot;
  ...
- if (kvm_arch_nr_memslot_as_ids(...) > 1) { ... }
  ...
 }
