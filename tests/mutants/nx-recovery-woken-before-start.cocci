// SPDX-License-Identifier: GPL-2.0-only
// breaks: writing nx_huge_pages or its recovery parameters while there is a VM that has not run yet is a NULL dereference in the host
// fix: KVM: x86/mmu: Ensure NX huge page recovery thread is alive before waking
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: Instructions.*
@@
identifier nx_thread;
@@
 kvm_wake_nx_recovery_thread(...)
 {
 <...
- if (nx_thread)
  vhost_task_wake(nx_thread);
 ...>
 }
