// SPDX-License-Identifier: GPL-2.0-only
// breaks: what the manual protection once was, it stays
// file: virt/kvm/kvm_main.c
// scenarios: LogKindChanged.*
@@
@@
 kvm_vm_ioctl_enable_cap_generic(...)
 {
 <...
- kvm->manual_dirty_log_protect = cap->args[0];
+ kvm->manual_dirty_log_protect |= cap->args[0];
 ...>
 }
