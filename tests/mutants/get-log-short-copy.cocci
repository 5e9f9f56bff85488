// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_GET_DIRTY_LOG does not copy the last word
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression to, from, n;
@@
 kvm_get_dirty_log_protect(...)
 {
 <...
- copy_to_user(to, from, n)
+ copy_to_user(to, from, n - sizeof(long))
 ...>
 }
