// SPDX-License-Identifier: GPL-2.0-only
// breaks: the SPTEs of a huge one that is split all map its first page
// file: arch/x86/kvm/mmu/spte.c
// scenarios: *HugePages*:*MemoryChanges*
@@
@@
- child_spte |= (index * KVM_PAGES_PER_HPAGE(role.level)) << PAGE_SHIFT;
