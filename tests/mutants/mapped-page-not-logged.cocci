// SPDX-License-Identifier: GPL-2.0-only
// breaks: a guest page that KVM has written through kvm_vcpu_map() is not logged: the VMCB of a guest that executes VMSAVE or VMRUN
// file: virt/kvm/kvm_main.c
// scenarios: NestedGuest.*
@@
identifier vcpu, map, dirty;
@@
 kvm_vcpu_unmap(...)
 {
 <...
- if (dirty) kvm_vcpu_mark_page_dirty(vcpu, map->gfn);
 ...>
 }
