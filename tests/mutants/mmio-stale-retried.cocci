// SPDX-License-Identifier: GPL-2.0-only
// breaks: an MMIO entry of an earlier generation is tried again and never replaced
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: Memslots.*:SlotChange.*
@@
@@
 handle_mmio_page_fault(...)
 {
 <...
 if (!check_mmio_spte(vcpu, spte))
- return RET_PF_INVALID;
+ return RET_PF_RETRY;
 ...>
 }
