// SPDX-License-Identifier: GPL-2.0-only
// breaks: an upper page table of a nested guest's does not keep huge pages away from it: a write beside it maps all of the huge page writable, and changes of the table are not seen
// file: arch/x86/kvm/mmu/page_track.c
// scenarios: NestedTables.*
// survives: an upper table in a huge page that has no last-level table, which keeps it small as well
@@
@@
 __kvm_write_track_add_gfn(...)
 {
 <...
- kvm_mmu_gfn_disallow_lpage(...);
 ...>
 }
@@
@@
 __kvm_write_track_remove_gfn(...)
 {
 <...
- kvm_mmu_gfn_allow_lpage(...);
 ...>
 }
