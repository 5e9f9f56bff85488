// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE is writable although the host has the page read-only
// file: arch/x86/kvm/mmu/spte.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 make_spte(...)
 {
 <...
- if (host_writable) spte |= shadow_host_writable_mask; else pte_access &= ~ACC_WRITE_MASK;
+ spte |= shadow_host_writable_mask;
 ...>
 }
