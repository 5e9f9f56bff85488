// SPDX-License-Identifier: GPL-2.0-only
// breaks: a PML buffer that is full is taken for one that is empty
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: SmallPages.*large*:HugePages.*
@@
@@
 vmx_flush_pml_buffer(...)
 {
 <...
- pml_idx = 0;
+ pml_idx = PML_ENTITY_NUM;
 ...>
 }
