// SPDX-License-Identifier: GPL-2.0-only
// breaks: neighbours of a faulting page are mapped though they are being invalidated
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: *
@@
identifier vcpu;
@@
 direct_pte_prefetch(...)
 {
 <...
- if (unlikely(vcpu->kvm->mmu_invalidate_in_progress))
-   return;
 ...>
 }
