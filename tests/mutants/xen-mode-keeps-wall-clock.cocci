// SPDX-License-Identifier: GPL-2.0-only
// breaks: a change of Xen's mode leaves the wall clock where the other mode has it
// undoes: "KVM: x86/xen: Re-initialize shared_info if guest (32/64-bit) mode is set"
// file: arch/x86/kvm/xen.c
// scenarios: KvmWrites.*
// survives: Xen's shared info page
@@
expression e;
@@
 kvm_xen_hvm_set_attr(...)
 {
 <...
- r = e ? kvm_xen_shared_info_init(kvm) : 0;
+ r = 0;
 ...>
 }
