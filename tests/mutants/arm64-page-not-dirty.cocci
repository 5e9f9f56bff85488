// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that the guest may write is not marked dirty
// file: arch/arm64/kvm/mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
expression a, b, c, d;
@@
 kvm_s2_fault_map(...)
 {
 <...
- kvm_release_faultin_page(a, b, c, d);
+ kvm_release_faultin_page(a, b, c, false);
 ...>
 }
