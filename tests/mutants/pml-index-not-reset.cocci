// SPDX-License-Identifier: GPL-2.0-only
// breaks: the PML buffer is moved to the log and not emptied: it is told again, and full soon
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: Turns.*:BufferedLog.*
@@
@@
 vmx_flush_pml_buffer(...)
 {
 ...
- vmcs_write16(GUEST_PML_INDEX, PML_ENTITY_NUM - 1);
 }
