// SPDX-License-Identifier: GPL-2.0-only
// breaks: an EPT violation by a write is told as one by a read
// host: x86_64-intel
// file: arch/x86/kvm/vmx/common.h
// scenarios: Turns.*:Writeback.*
@@
@@
 __vmx_handle_ept_violation(...)
 {
 <...
- EPT_VIOLATION_ACC_WRITE
+ EPT_VIOLATION_ACC_INSTR
 ...>
 }
