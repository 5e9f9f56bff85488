// SPDX-License-Identifier: GPL-2.0-only
/* Remote TLB flushes where hardware does not broadcast them: requests to vCPUs. */
#include "hooks/flush.h"
#include "hooks/hooks.h"

/*
 * bool kvm_make_all_cpus_request(struct kvm *kvm, unsigned int req)
 * bool kvm_make_all_cpus_request_except(kvm, req, except), its body in 6.1
 *
 * Its return means that every vCPU has left the guest or will flush on entry. So
 * does that of x86's request to give up roots that have become invalid: a vCPU
 * flushes when it loads another.
 */
static void all_cpus_request_enter(struct mmuw_call *call)
{
	const struct kvm *kvm = (const struct kvm *)call->arg[0];
	u8 phase;

	if (mmuw_is_request(call->arg[1], KVM_REQ_TLB_FLUSH))
		phase = MMUWITNESS_FLUSH_REQUEST;
#ifdef KVM_REQ_MMU_FREE_OBSOLETE_ROOTS
	else if (mmuw_is_request(call->arg[1], KVM_REQ_MMU_FREE_OBSOLETE_ROOTS))
		phase = MMUWITNESS_FLUSH_ROOTS_REQUEST;
#endif
	else
		return;
	call->saved[0] = phase + 1;	/* done */
	call->wants_return = mmuw_emit_flush(call, kvm, phase, 0, 0);
}

static void all_cpus_request_return(struct mmuw_call *call)
{
	mmuw_emit_flush(call, (const struct kvm *)call->arg[0], call->saved[0], 0, 0);
}

const struct mmuw_hook mmuw_flush_hooks[] = {
	{ .name = "tlb_flush",
	  .symbols = { "kvm_make_all_cpus_request_except", "kvm_make_all_cpus_request" },
	  .on_call = all_cpus_request_enter, .on_return = all_cpus_request_return,
	  .vm_added = mmuw_flushes_vm_added, .missed_for = mmuw_flushes_missed },
	{ }
};
