// SPDX-License-Identifier: GPL-2.0-only
// breaks: neighbours are mapped beyond the end of the slot
// file: virt/kvm/kvm_main.c
// append: kvm.tdp_mmu=0
// scenarios: Memslots.*
@@
@@
 gfn_to_page_many_atomic(...)
 {
 <...
- if (entry < nr_pages)
-	return 0;
 ...>
 }
