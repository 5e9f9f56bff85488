// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault that replaces a page table by a huge page does not flush what was mapped by it
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: MemoryChanges.*huge*:PageSizes.*:HugePages.*
@@
@@
 tdp_mmu_map_handle_target_level(...)
 {
 <...
- kvm_flush_remote_tlbs_gfn(...);
+ (void)0;
 ...>
 }
