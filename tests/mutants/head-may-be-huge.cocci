// SPDX-License-Identifier: GPL-2.0-only
// breaks: a memslot that begins within a huge page has a huge SPTE there
// file: arch/x86/kvm/x86.c
// scenarios: *HugePages*:*MemoryChanges*:*Memslots*
@@
@@
 kvm_alloc_memslot_metadata(...)
 {
 <...
- linfo[0].disallow_lpage = 1;
+ linfo[0].disallow_lpage = 0;
 ...>
 }
