// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_PRE_FAULT_MEMORY of addresses without a memslot succeeds, page by page, instead of ENOENT
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: RefusedPrefaults.*
@@
@@
 kvm_tdp_map_page(...)
 {
 <...
- return -ENOENT;
+ return 0;
 ...>
 }
