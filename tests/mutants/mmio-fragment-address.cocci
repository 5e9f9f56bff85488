// SPDX-License-Identifier: GPL-2.0-only
// breaks: the second and later 8 bytes of an MMIO access of more than 8 bytes (SSE) reach the VMM with the address of the first
// file: arch/x86/kvm/x86.c
// scenarios: *
// survives: a store of 16 bytes that exits
@@
identifier frag, len;
@@
 complete_emulated_mmio(...)
 {
 <...
- frag->gpa += len;
 ...>
 }
