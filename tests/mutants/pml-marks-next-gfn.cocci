// SPDX-License-Identifier: GPL-2.0-only
// breaks: what is in the PML buffer marks the page behind it
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: Turns.*:BufferedLog.*
@@
@@
 vmx_flush_pml_buffer(...)
 {
 <...
 kvm_vcpu_mark_page_dirty(vcpu,
- gpa >> PAGE_SHIFT
+ (gpa >> PAGE_SHIFT) + 1
 )
 ...>
 }
