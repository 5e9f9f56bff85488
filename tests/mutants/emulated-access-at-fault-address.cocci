// SPDX-License-Identifier: GPL-2.0-only
// breaks: an emulated access that is not the one that faulted takes the address of the fault
// file: arch/x86/kvm/x86.c
// survives: a plain store over the end of a memslot: only what is emulated because of a fault has its address
// scenarios: EmulatedWrites.*
@@
identifier ctxt, addr;
@@
 emulator_read_write_onepage(...)
 {
 <...
- (addr & ~PAGE_MASK) == (ctxt->gpa_val & ~PAGE_MASK)
+ true
 ...>
 }
