// SPDX-License-Identifier: GPL-2.0-only
// breaks: a slot may lie beyond what the host can address
// undoes: "KVM: x86/mmu: Do not create SPTEs for GFNs that exceed host.MAXPHYADDR"
// file: arch/x86/kvm/x86.c
// scenarios: RefusedSlots.*
@@
@@
 kvm_arch_prepare_memory_region(...)
 {
 <...
- if ((new->base_gfn + new->npages - 1) > kvm_mmu_max_gfn())
-	return -EINVAL;
 ...>
 }
