// SPDX-License-Identifier: GPL-2.0-only
// breaks: a read of a page that the host shares copy-on-write (after a fork, by KSM, the zero page) maps it writable: the guest then writes to the other owner's copy
// file: virt/kvm/kvm_main.c
// scenarios: Fork.*:Ksm.*
@@
identifier addr, write_fault, page;
@@
 hva_to_pfn_fast(unsigned long addr, bool write_fault, ...)
 {
 <...
- get_user_page_fast_only(addr, FOLL_WRITE, page)
+ get_user_page_fast_only(addr, write_fault ? FOLL_WRITE : 0, page)
 ...>
 }
