// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_PRE_FAULT_MEMORY does not repeat a fault that has to be repeated
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: Prefault.*
@@
identifier r;
@@
 kvm_tdp_map_page(...)
 {
 <...
- r == RET_PF_RETRY
+ r == RET_PF_CONTINUE
 ...>
 }
