// SPDX-License-Identifier: GPL-2.0-only
// breaks: an exit does not move what is in the PML buffer to the log
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: BufferedLog.*:SmallPages.*
@@
@@
 __vmx_handle_exit(...)
 {
 <...
- enable_pml && !is_guest_mode(vcpu)
+ enable_pml && is_guest_mode(vcpu)
 ...>
 }
