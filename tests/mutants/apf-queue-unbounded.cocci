// SPDX-License-Identifier: GPL-2.0-only
// breaks: the number of pages that a vCPU waits for asynchronously is not limited: the 65th spins in the host for ever, looking for a free place in the table of 64
// file: virt/kvm/async_pf.c
// scenarios: *
// survives: a guest that has asynchronous page faults told to it, and goes on: 64 at once
@@
@@
 kvm_setup_async_pf(...)
 {
 <...
- if (vcpu->async_pf.queued >= ASYNC_PF_PER_VCPU) return false;
 ...>
 }
