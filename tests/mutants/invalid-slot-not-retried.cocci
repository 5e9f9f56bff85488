// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault in a memslot that is being deleted or moved is handled as MMIO
// undoes: "KVM: x86/mmu: Retry page faults that hit an invalid memslot"
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: SlotMoves.*
@@
identifier slot;
@@
 kvm_faultin_pfn(...)
 {
 <...
- if (slot->flags & KVM_MEMSLOT_INVALID)
-   return RET_PF_RETRY;
 ...>
 }
