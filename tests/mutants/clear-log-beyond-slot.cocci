// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG takes more pages than the slot has
// undoes: "KVM: validate userspace input in kvm_clear_dirty_log_protect()"
// file: virt/kvm/kvm_main.c
// scenarios: RefusedLogs.*
@@
identifier log, memslot;
@@
 kvm_clear_dirty_log_protect(...)
 {
 <...
- log->first_page > memslot->npages || log->num_pages > memslot->npages - log->first_page
+ log->first_page > memslot->npages
 ...>
 }
