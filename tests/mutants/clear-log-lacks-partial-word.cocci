// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG leaves out the pages behind the last whole word
// undoes: "KVM: fix KVM_CLEAR_DIRTY_LOG for memory slots of unaligned size" (its second half: n rounded up)
// file: virt/kvm/kvm_main.c
// scenarios: *SmallPages*
@@
symbol log;
@@
 kvm_clear_dirty_log_protect(...)
 {
 <...
- DIV_ROUND_UP(log->num_pages, BITS_PER_LONG)
+ log->num_pages / BITS_PER_LONG
 ...>
 }
