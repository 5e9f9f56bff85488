// SPDX-License-Identifier: GPL-2.0-only
// breaks: a huge SPTE is made whatever the host has mapped
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *HugePages*:*MemoryChanges*
@@
expression a, b;
@@
 __kvm_mmu_max_mapping_level(...)
 {
 <...
- return min(host_level, max_level);
+ return max_level;
 ...>
 }
