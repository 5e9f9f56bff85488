// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_GET_DIRTY_LOG does not look at the last word of the bitmap
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression n;
@@
 kvm_get_dirty_log_protect(...)
 {
 <...
- i < n / sizeof(long)
+ i < n / sizeof(long) - 1
 ...>
 }
