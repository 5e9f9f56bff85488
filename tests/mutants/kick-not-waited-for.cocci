// SPDX-License-Identifier: GPL-2.0-only
// breaks: a flush sends its IPIs and does not wait until vCPUs have left the guest
// file: virt/kvm/kvm_main.c
// survives: a look at the vCPU in the moment between the request and its exit; no gate is there
// scenarios: *
@@
identifier cpus, wait;
@@
 kvm_kick_many_cpus(...)
 {
 <...
- smp_call_function_many(cpus, ack_kick, NULL, wait);
+ smp_call_function_many(cpus, ack_kick, NULL, false);
 ...>
 }
