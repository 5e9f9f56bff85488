// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page without a reference count is mapped, and its count falls
// undoes: "KVM: do not allow mapping valid but non-reference-counted pages"
// file: virt/kvm/kvm_main.c
// scenarios: Refused*
// survives: memory that a driver has mapped (VM_PFNMAP)
@@
identifier r;
@@
 hva_to_pfn_remapped(...)
 {
 <...
- if (!kvm_try_get_pfn(pfn))
-	r = -EFAULT;
+ kvm_try_get_pfn(pfn);
 ...>
 }
