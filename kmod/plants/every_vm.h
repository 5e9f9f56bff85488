/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For a plant that concerns every VM of the machine: task contexts (context.h)
 * of VMs that nobody witnesses. Attached only while there is such a plant, and
 * never together with a session's own hooks.
 */
#ifndef _MMUWITNESS_EVERY_VM_H
#define _MMUWITNESS_EVERY_VM_H

#include <linux/kvm_host.h>

/*
 * fault_ended: a fault of the task's vCPU was handled, under no lock. NULL: which fault
 * a task is in is not told, either; it slows each of them down.
 */
int mmuw_every_vm_attach(void (*fault_ended)(void));
void mmuw_every_vm_detach(void);
/* Calls that it was not told of: the plant has not seen whose VM they were for. */
u64 mmuw_every_vm_missed(void);

#endif /* _MMUWITNESS_EVERY_VM_H */
