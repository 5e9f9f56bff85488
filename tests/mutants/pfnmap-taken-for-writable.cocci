// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page of a mapping without struct pages is mapped writable by a read although the host has it read-only
// undoes: bd2fae8da794 "KVM: do not assume PTE is writable after follow_pfn"
// file: virt/kvm/kvm_main.c
// survives: memory of a device's (VM_PFNMAP) that the host may only read
// scenarios: *
@@
symbol args;
identifier writable;
@@
 hva_to_pfn_remapped(...)
 {
 <...
- *writable = args.writable;
+ *writable = true;
 ...>
 }
