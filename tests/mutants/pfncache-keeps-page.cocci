// SPDX-License-Identifier: GPL-2.0-only
// breaks: each refresh of a pfn cache keeps a reference to the page
// undoes: 3dddf65b4f4c "KVM: Put the extra pfn reference when reusing a pfn in the gpc cache"
// file: virt/kvm/pfncache.c
// scenarios: GuestPages.*:KvmWrites.*
@@
identifier gpc, new_khva, new_pfn;
@@
 hva_to_pfn_retry(...)
 {
 <...
 gpc->khva = new_khva + offset_in_page(gpc->uhva);
- kvm_release_pfn_clean(new_pfn);
 ...>
 }
