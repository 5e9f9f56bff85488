// SPDX-License-Identifier: GPL-2.0-only
// breaks: what a slot that moves had of rmaps and of huge page information is never freed
// undoes: "KVM: x86: Free arrays for old memslot when moving memslot's base gfn"
// file: arch/x86/kvm/x86.c
// scenarios: SlotMemory.*
@@
@@
 kvm_arch_commit_memory_region(...)
 {
 <...
- if (change == KVM_MR_MOVE)
-	kvm_arch_free_memslot(kvm, old);
 ...>
 }
