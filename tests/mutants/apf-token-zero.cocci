// SPDX-License-Identifier: GPL-2.0-only
// breaks: the first asynchronous page fault of vCPU 0 has the token 0, which means "no event": the guest never learns that the page is there
// fix: KVM: x86/mmu: make apf token non-zero to fix bug
// file: arch/x86/kvm/mmu/mmu.c
// scenarios: *
// survives: a guest that has asynchronous page faults told to it
@@
identifier id, vcpu;
@@
 alloc_apf_token(...)
 {
- u32 id = vcpu->arch.apf.id;
  ...
- if (id << 12 == 0)
-	vcpu->arch.apf.id = 1;
  ...
 }
