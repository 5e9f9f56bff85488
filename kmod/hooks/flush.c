// SPDX-License-Identifier: GPL-2.0-only
#include "hooks/flush.h"

#include "witness/context.h"
#include "witness/emit.h"
#include "witness/point.h"
#include "witness/breaker.h"
#include "witness/witnessed.h"

static u64 requested_before[MMUWITNESS_MAX_VMS + 1];
static atomic64_t seen[MMUWITNESS_MAX_VMS + 1];

bool mmuw_emit_flush(struct mmuw_call *call, const struct kvm *kvm, u8 phase, u64 gfn, u64 pages)
{
	struct mmuw_tlb_flush_event e = {
		.vm = mmuw_vm_id(kvm), .phase = phase, .gfn = gfn, .pages = pages,
	};

	if (!e.vm)
		return false;
	e.vcpu = mmuw_context_vcpu_id();
	mmuw_emit(tlb_flush, &e);
	if (phase == MMUWITNESS_FLUSH_DONE) {
		mmuw_pass(MMUW_POINT_FLUSH_DONE, e.vm, e.vcpu, 0, 0, 0);
	} else if (phase == MMUWITNESS_FLUSH_REQUEST) {
		mmuw_hit(call);
		if (!pages)
			atomic64_inc(&seen[e.vm]);
		mmuw_pass(MMUW_POINT_FLUSH_REQUEST, e.vm, e.vcpu, 0, 0, 0);
	} else if (phase == MMUWITNESS_FLUSH_ROOTS_REQUEST) {
		mmuw_pass(MMUW_POINT_ROOTS_REQUEST, e.vm, e.vcpu, 0, 0, 0);
	}
	return true;
}

u64 mmuw_flushes_missed(const struct mmuw_hooked *hooked, struct kvm *kvm, u16 vm)
{
	u64 requested = kvm->stat.generic.remote_tlb_flush_requests - requested_before[vm];
	u64 watched = atomic64_read(&seen[vm]);

	/* What a plant skips is asked for and not done: that is for the rules to say. */
	if (mmuw_has_broken(hooked->symbol))
		return 0;
	return requested > watched ? requested - watched : 0;
}

void mmuw_flushes_vm_added(struct kvm *kvm, u16 vm)
{
	requested_before[vm] = kvm->stat.generic.remote_tlb_flush_requests;
	atomic64_set(&seen[vm], 0);
}
