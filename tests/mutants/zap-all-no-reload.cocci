// SPDX-License-Identifier: GPL-2.0-only
// breaks: vCPUs go on with roots that are invalid
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *lot*:*MemoryChanges*
@@
@@
 __kvm_mmu_zap_all_fast_front_half(...)
 {
 <...
- kvm_make_all_cpus_request(kvm, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS);
 ...>
 }
