// SPDX-License-Identifier: GPL-2.0-only
// breaks: a write that KVM emulates over the end of an MMIO page into a page that faults leaves the first half pending: a later exit tells the VMM of an MMIO write that the guest has not made
// fix: KVM: x86: Suppress pending MMIO write exits if emulator detects exception
// file: arch/x86/kvm/x86.c
// scenarios: *
// survives: an emulated store whose first half is MMIO and whose second half the guest's own page tables refuse
@@
identifier vcpu;
@@
 x86_emulate_instruction(...)
 {
 <...
- WARN_ON_ONCE(vcpu->mmio_needed && !vcpu->mmio_is_write);
- vcpu->mmio_needed = false;
 ...>
 }
