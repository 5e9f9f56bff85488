// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG accepts a first_page that is no multiple of 64 (EINVAL is right), and clears and protects other pages than those asked for
// file: virt/kvm/kvm_main.c
// scenarios: RefusedLogs.*
@@
symbol log;
@@
 kvm_clear_dirty_log_protect(...)
 {
 <...
- if (log->first_page & 63) return -EINVAL;
 ...>
 }
