// SPDX-License-Identifier: GPL-2.0-only
// breaks: the VMCB does not say that its nested page table has changed: a CPU that keeps what is marked clean goes on with the old root after memslots have changed or SMM was entered
// file: arch/x86/kvm/svm/svm.c
// scenarios: *
// survives: a CPU that keeps what the VMCB says is clean: the emulated one does not
@@
identifier svm;
@@
 svm_load_mmu_pgd(...)
 {
 <...
- vmcb_mark_dirty(svm->vmcb, VMCB_NPT);
 ...>
 }
