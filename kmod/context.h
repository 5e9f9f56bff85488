/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VM and vCPU the current task works for. Many hook points (tracepoints,
 * functions that take a memslot or a pfn) do not say; the ioctl or notifier
 * that the task is in does.
 */
#ifndef _MMUWITNESS_CONTEXT_H
#define _MMUWITNESS_CONTEXT_H

#include <linux/kvm_host.h>
#include <linux/sched.h>

struct mmuw_context {
	struct task_struct *task;
	struct kvm *kvm;		/* of the ioctl, NULL: none */
	struct kvm_vcpu *vcpu;		/* in KVM_RUN */
	unsigned int ioctl;		/* command of the VM ioctl, 0: none */
	bool in_fault;			/* handling a page fault of the guest ... */
	gfn_t fault_gfn;		/* ... at this gfn ... */
	bool fault_write;		/* ... by a write */
	bool fault_looked_up;		/* ... a pfn for it */
	u64 *fault_sptep;		/* ... its SPTE as last looked up under mmu_lock, NULL: not yet */
	u64 fault_spte;			/* ... and what it was */
	bool in_notifier;		/* inside one of KVM's notifiers ... */
	struct kvm *notifier_kvm;	/* ... of this VM, NULL: not witnessed */
	u8 notifier_event;		/* enum mmu_notifier_event of the range */
	unsigned long invalidate_seq;	/* KVM's, before its part of range_end (plants) */
	u8 aging;			/* enum mmuwitness_young_op, 0: none */
	const void *entered;		/* hook whose on_entry was called and on_return is due */
	unsigned long replaced;		/* call of a function that a plant has just put aside, 0: none */
	bool in_prefault;		/* in a step of KVM_PRE_FAULT_MEMORY */
	bool in_ksm;			/* KSM write-protects a page of the session's mm */
};

/* The current task's context, or NULL. Never in interrupt context. */
struct mmuw_context *mmuw_context(void);
/* Ditto, made if absent; NULL when the table is full (counted). */
struct mmuw_context *mmuw_context_get(void);
/* Give the entry back if nothing in it is set any more. */
void mmuw_context_put(struct mmuw_context *ctx);
void mmuw_context_reset(void);

struct kvm *mmuw_context_kvm(void);
s16 mmuw_context_vcpu_id(void);

extern atomic64_t mmuw_context_overflows;

#endif /* _MMUWITNESS_CONTEXT_H */
