// SPDX-License-Identifier: GPL-2.0-only
// breaks: of several elements that REP INS has read from a port at once the first one only is written to memory, though RDI and RCX go on as if all were
// file: arch/x86/kvm/emulate.c
// scenarios: PortReads.*
@@
identifier op;
@@
 writeback(...)
 {
 <...
- op->bytes * op->count
+ op->bytes
 ...>
 }
