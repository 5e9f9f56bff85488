// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page mapped by KVM_PRE_FAULT_MEMORY looks accessed
// file: arch/x86/kvm/mmu/tdp_mmu.c
// survives: young too often is nothing that anybody promises not to say; a CPU may set the bit by speculation
// scenarios: *
@@
expression fault;
@@
 tdp_mmu_map_handle_target_level(...)
 {
 <...
- fault->prefetch
+ false
 ...>
 }
