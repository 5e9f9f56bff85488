// SPDX-License-Identifier: GPL-2.0-only
// breaks: a memslot that ends within a huge page has a huge SPTE there
// file: arch/x86/kvm/x86.c
// scenarios: PageSizes.*
@@
@@
 kvm_alloc_memslot_metadata(...)
 {
 <...
- linfo[lpages - 1].disallow_lpage = 1;
+ linfo[lpages - 1].disallow_lpage = 0;
 ...>
 }
