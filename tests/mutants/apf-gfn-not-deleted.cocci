// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that was waited for asynchronously without the guest counts as waited for ever after
// file: arch/x86/kvm/x86.c
// survives: the vCPU sleeps for ever, and a page may take long: its scenarios are inconclusive
// scenarios: PostCopy.*:MemoryChanges.*page_out
@@
identifier vcpu, work;
@@
 kvm_arch_async_page_present(...)
 {
 <...
 if (work->wakeup_all)
   work->arch.token = ~0;
- else
+ else if (work->notpresent_injected)
   kvm_del_async_pf_gfn(vcpu, work->arch.gfn);
 ...>
 }
