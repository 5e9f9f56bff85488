// SPDX-License-Identifier: GPL-2.0-only
// breaks: an emulated access over two pages uses the first bytes for both
// file: arch/x86/kvm/x86.c
// scenarios: EmulatedWrites.*
@@
symbol val, now;
@@
 emulator_read_write(...)
 {
 <...
- val += now;
 ...>
 }
