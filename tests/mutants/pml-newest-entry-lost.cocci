// SPDX-License-Identifier: GPL-2.0-only
// breaks: the newest entry of the PML buffer is not moved to the log
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: BufferedLog.*:Turns.*
@@
@@
 vmx_flush_pml_buffer(...)
 {
 <...
- pml_idx++;
+ pml_idx += 2;
 ...>
 }
