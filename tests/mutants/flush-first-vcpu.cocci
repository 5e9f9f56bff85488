// SPDX-License-Identifier: GPL-2.0-only
// breaks: a request to all vCPUs is made to the first one only
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression req, cpus, me, vcpu;
@@
 kvm_make_all_cpus_request(...)
 {
 <...
- kvm_make_vcpu_request(vcpu, req, cpus, me);
+ if (!vcpu->vcpu_idx) kvm_make_vcpu_request(vcpu, req, cpus, me);
 ...>
 }
