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
	struct kvm *kvm;		/* of the ioctl, NULL: none */
	struct kvm_vcpu *vcpu;		/* in one of its ioctls */
	unsigned int ioctl;		/* command of the VM ioctl, 0: none */
	bool in_fault;			/* handling a page fault of the guest ... */
	gfn_t fault_gfn;		/* ... at this gfn ... */
	bool fault_write;		/* ... by a write */
	bool fault_looked_up;		/* ... a pfn for it */
	u64 *fault_sptep;		/* ... its SPTE as last looked up under mmu_lock, NULL: not yet */
	u64 fault_spte;			/* ... and what it was */
	u64 fault_removals;		/* mmuw_removals() when the pfn was looked up */
	bool in_notifier;		/* inside one of KVM's notifiers ... */
	struct kvm *notifier_kvm;	/* ... of this VM, NULL: not witnessed */
	u8 notifier_event;		/* enum mmu_notifier_event of the range */
	u8 aging;			/* enum mmuwitness_young_op, 0: none */
	unsigned long invalidate_seq;	/* KVM's, before its part of range_end (plants) */
	struct kvm *ended_early;	/* a plant has ended this task's invalidation of it already */
	bool in_split;			/* fills a page table that is not linked yet (arm64) */
	bool in_prefault;		/* in a step of KVM_PRE_FAULT_MEMORY */
	bool in_ksm;			/* KSM write-protects a page of the session's mm */
	bool in_mkclean;		/* folio_mkclean() of a witnessed file's page */
	const void *entered;		/* mmuw_hooked whose on_call was called and on_return is due */
};

/* The current task's context, or NULL. Never in interrupt context. */
struct mmuw_context *mmuw_context(void);

/*
 * The task begins to do something, and ends it: a pair each. The entry is made by
 * the first of them and given back, clean, by the last. NULL: the table is full,
 * which is counted.
 */
/* ioctl 0: a thread of KVM's own that works for the VM. */
struct mmuw_context *mmuw_enter_vm_ioctl(struct kvm *kvm, unsigned int ioctl);
struct mmuw_context *mmuw_enter_vcpu_ioctl(struct kvm_vcpu *vcpu);
void mmuw_leave_ioctl(void);
/* kvm NULL: it is not known yet, or not witnessed. event 0, aging 0: neither. */
struct mmuw_context *mmuw_enter_notifier(struct kvm *kvm, u8 event, u8 aging);
void mmuw_leave_notifier(void);
struct mmuw_context *mmuw_enter_ksm(void);
void mmuw_leave_ksm(void);
struct mmuw_context *mmuw_enter_mkclean(void);
void mmuw_leave_mkclean(void);

/* None is in use any more: hooks are detached. Forgets tasks that never came back. */
void mmuw_context_reset(void);

struct kvm *mmuw_context_kvm(void);
s16 mmuw_context_vcpu_id(void);
bool mmuw_context_by_kvm(void);		/* mmuw_enter_vm_ioctl() without an ioctl */

extern atomic64_t mmuw_context_overflows;

#endif /* _MMUWITNESS_CONTEXT_H */
