/* SPDX-License-Identifier: GPL-2.0-only */
/* Remote TLB flushes: how they are put on record, whatever does them. */
#ifndef _MMUWITNESS_FLUSH_H
#define _MMUWITNESS_FLUSH_H

#include <linux/kvm_host.h>

#include "witness/hook.h"

/*
 * A flush of [gfn, gfn + pages) begins, or with a phase of DONE is complete; pages
 * 0: of the whole VM. False: not a VM of ours.
 */
bool mmuw_emit_flush(struct mmuw_call *call, const struct kvm *kvm, u8 phase, u64 gfn, u64 pages);

/* Is req, an argument of kvm_make_all_cpus_request(), this one? */
static inline bool mmuw_is_request(unsigned long req, unsigned int which)
{
	return (req & KVM_REQUEST_MASK) == (which & KVM_REQUEST_MASK);
}

/*
 * vm_added and missed_for of the hook that sees all flushes of a whole VM. Is the function
 * that is watched the one that is called, or was it inlined? KVM counts its
 * requests; not atomically, so never too many.
 */
void mmuw_flushes_vm_added(struct kvm *kvm, u16 vm);
u64 mmuw_flushes_missed(const struct mmuw_hooked *hooked, struct kvm *kvm, u16 vm);

#endif /* _MMUWITNESS_FLUSH_H */
