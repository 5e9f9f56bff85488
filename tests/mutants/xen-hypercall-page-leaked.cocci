// SPDX-License-Identifier: GPL-2.0-only
// breaks: each hypercall page that a Xen guest asks for leaves the copy of the VMM's blob (a page of host memory) allocated
// fix: KVM: x86/xen: Fix memory leak in kvm_xen_write_hypercall_page()
// file: arch/x86/kvm/xen.c
// scenarios: *
// survives: a count of slab memory around KVM_XEN_HVM_CONFIG with a blob, and a guest that asks for the page
@@
identifier page;
@@
 kvm_xen_write_hypercall_page(...)
 {
 <...
- kfree(page);
 ...>
 }
