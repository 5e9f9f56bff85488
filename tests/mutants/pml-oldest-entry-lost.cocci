// SPDX-License-Identifier: GPL-2.0-only
// breaks: the oldest entry of the PML buffer is not moved to the log
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: BufferedLog.*:Turns.*
@@
@@
 vmx_flush_pml_buffer(...)
 {
 <...
- pml_idx < PML_ENTITY_NUM
+ pml_idx < PML_ENTITY_NUM - 1
 ...>
 }
