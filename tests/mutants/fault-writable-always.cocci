// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that the host has read-only is mapped writable
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression r;
@@
 kvm_tdp_mmu_page_fault(...)
 {
 <...
 r = kvm_faultin_pfn(...);
+ fault->map_writable = true;
 ...>
 }
