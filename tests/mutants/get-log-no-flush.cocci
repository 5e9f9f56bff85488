// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_GET_DIRTY_LOG write-protects and does not flush
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_get_dirty_log_protect(...)
 {
 <...
- flush = true;
 ...>
 }
