// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that was read-only for the log when it became a page table of a nested guest's keeps its mark that the MMU may make it writable: the fast path of the fault does so, and changes of the table are not seen
// fix: KVM: x86/mmu: Fix write-protection of PTs mapped by the TDP MMU
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: NestedTables.*
@@
identifier new_spte, iter;
@@
 write_protect_gfn(...)
 {
 <...
- new_spte = iter.old_spte & ~(PT_WRITABLE_MASK | shadow_mmu_writable_mask);
+ if (!is_writable_pte(iter.old_spte))
+	break;
+ new_spte = iter.old_spte & ~PT_WRITABLE_MASK;
 ...>
 }
