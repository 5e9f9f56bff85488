/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For a plant that concerns every VM of the machine: task contexts (context.h)
 * of VMs that nobody witnesses. Attached only while there is such a plant, and
 * never together with a session's own hooks.
 */
#ifndef _MMUWITNESS_EVERY_VM_H
#define _MMUWITNESS_EVERY_VM_H

#include <linux/kvm_host.h>

/* With faults: also which fault a task handles, which slows each of them down. */
int mmuw_every_vm_attach(bool faults);
void mmuw_every_vm_detach(void);

/* The architecture's: KVM's handler of page faults, and what its arguments say. */
const char *mmuw_fault_symbol(void);
struct kvm_vcpu *mmuw_fault_args(const unsigned long *arg, gfn_t *gfn, bool *write);

#endif /* _MMUWITNESS_EVERY_VM_H */
