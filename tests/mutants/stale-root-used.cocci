// SPDX-License-Identifier: GPL-2.0-only
// breaks: a fault installs into a root that is obsolete
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *lot*:*MemoryChanges*
@@
@@
 is_page_fault_stale(...)
 {
 <...
- if (sp && is_obsolete_sp(vcpu->kvm, sp)) return true;
 ...>
 }
