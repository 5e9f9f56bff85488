// SPDX-License-Identifier: GPL-2.0-only
// breaks: REP MOVS whose target KVM handles itself (a coalesced MMIO zone, a shadowed page table) writes its first element again and again
// file: arch/x86/kvm/emulate.c
// scenarios: *
// survives: coalesced MMIO
@@
identifier ctxt;
@@
 x86_emulate_insn(...)
 {
 <...
- ctxt->mem_read.end = 0;
 ...>
 }
