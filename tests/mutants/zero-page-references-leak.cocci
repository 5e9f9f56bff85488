// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM does not give back its references to the zero page: each read of anonymous memory that was never written leaves one, until the count overflows
// fix: KVM: fix overflow of zero page refcount with ksm running
// file: virt/kvm/kvm_main.c
// scenarios: *
// survives: the reference count of the zero page, which nobody tells
@@
identifier pfn, page;
@@
 kvm_pfn_to_refcounted_page(...)
 {
 <...
- if (is_zero_pfn(pfn))
-	return page;
 ...>
 }
