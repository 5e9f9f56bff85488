// SPDX-License-Identifier: GPL-2.0-only
// breaks: a request that is to be waited for does not interrupt a vCPU that is in the guest
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression mode;
@@
 kvm_request_needs_ipi(...)
 {
 <...
- return mode != OUTSIDE_GUEST_MODE;
+ return false;
 ...>
 }
