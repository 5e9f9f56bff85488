// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU that is told of the first memslot with a log does not switch PML on
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: Turns.*:LogToggle.*
@@
@@
 vmx_update_cpu_dirty_logging(...)
 {
 <...
- secondary_exec_controls_setbit
+ secondary_exec_controls_clearbit
 (vmx, SECONDARY_EXEC_ENABLE_PML);
 ...>
 }
