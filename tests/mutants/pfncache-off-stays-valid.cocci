// SPDX-License-Identifier: GPL-2.0-only
// breaks: a pfn cache that the guest has switched off (the clock's, by its MSR) stays valid: switching it on again is taken for a bug of KVM's, and every later ioctl of the VM fails with EIO
// file: virt/kvm/pfncache.c
// scenarios: KvmWrites.*
@@
identifier gpc;
@@
 kvm_gpc_deactivate(...)
 {
 <...
- gpc->valid = false;
 ...>
 }
