// SPDX-License-Identifier: GPL-2.0-only
/* KVM_PRE_FAULT_MEMORY, step by step. */
#include <linux/kvm_host.h>
#include <linux/mm.h>

#include "witness/context.h"
#include "witness/emit.h"
#include "hooks/hooks.h"
#include "witness/witnessed.h"

/*
 * long kvm_arch_vcpu_pre_fault_memory(struct kvm_vcpu *vcpu,
 *				       struct kvm_pre_fault_memory *range)
 *
 * One page, of whatever size, per call. The structure begins with a u64 gpa; it
 * is not in the headers of kernels without the ioctl.
 */
static void prefault_enter(struct mmuw_call *call)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)call->arg[0];
	struct mmuw_prefault_event e = {
		.vm = mmuw_vm_id(vcpu->kvm), .vcpu = vcpu->vcpu_id, .phase = MMUWITNESS_BEGIN,
	};
	struct mmuw_context *ctx = mmuw_context();

	if (!e.vm)
		return;
	if (ctx)
		ctx->in_prefault = true;
	e.gfn = *(u64 *)call->arg[1] >> PAGE_SHIFT;
	call->saved[0] = e.vm;
	call->saved[1] = e.vcpu;
	call->saved[2] = e.gfn;
	mmuw_hit(call);
	mmuw_emit(prefault, &e);
	call->wants_return = true;
}

static void prefault_return(struct mmuw_call *call)
{
	struct mmuw_prefault_event e = {
		.vm = call->saved[0], .vcpu = call->saved[1], .gfn = call->saved[2],
		.phase = MMUWITNESS_END, .ret = (long)call->ret,
	};
	struct mmuw_context *ctx = mmuw_context();

	if (ctx)
		ctx->in_prefault = false;
	mmuw_emit(prefault, &e);
}

const struct mmuw_hook mmuw_prefault_hooks[] = {
	{ .name = "prefault", .symbols = { "kvm_arch_vcpu_pre_fault_memory" },
	  .on_call = prefault_enter, .on_return = prefault_return },
	{ }
};
