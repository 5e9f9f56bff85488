// SPDX-License-Identifier: GPL-2.0-only
// breaks: a cached address may wrap at the end of guest memory
// undoes: "kvm: Disallow wraparound in kvm_gfn_to_hva_cache_init"
// file: virt/kvm/kvm_main.c
// scenarios: RefusedSlots.*
// survives: addresses of the VMM's for KVM's own writes, in a VM with KVM's interrupt controller (KVM_SET_VAPIC_ADDR)
@@
@@
 __kvm_gfn_to_hva_cache_init(...)
 {
 <...
- if (start_gfn > end_gfn) { ... }
 ...>
 }
