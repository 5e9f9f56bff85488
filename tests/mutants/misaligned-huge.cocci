// SPDX-License-Identifier: GPL-2.0-only
// breaks: a memslot whose gfns and memory are aligned differently gets huge SPTEs
// file: arch/x86/kvm/x86.c
// scenarios: *HugePages*:*MemoryChanges*
@@
expression a;
iterator name for_each_set_bit;
@@
 kvm_alloc_memslot_metadata(...)
 {
 <...
- linfo[j].disallow_lpage = 1;
+ linfo[j].disallow_lpage = 0;
 ...>
 }
