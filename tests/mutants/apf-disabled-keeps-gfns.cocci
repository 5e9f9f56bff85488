// SPDX-License-Identifier: GPL-2.0-only
// breaks: when the guest switches asynchronous page faults off while it waits for a page, the page counts as waited for ever after: if it is paged out and touched again, the vCPU halts with nothing to wake it
// file: arch/x86/kvm/x86.c
// scenarios: *
// survives: a guest that has asynchronous page faults told to it (MSR_KVM_ASYNC_PF_EN); the guests here halt
@@
@@
 kvm_pv_enable_async_pf(...)
 {
 <...
- kvm_async_pf_hash_reset(...);
 ...>
 }
