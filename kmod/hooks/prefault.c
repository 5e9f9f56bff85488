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
static bool prefault_enter(struct mmuw_hook *h, struct mmuw_frame *f)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)f->arg[0];
	struct mmuw_prefault_event e = {
		.vm = mmuw_vm_id(vcpu->kvm), .vcpu = vcpu->vcpu_id, .phase = MMUWITNESS_BEGIN,
	};
	struct mmuw_context *ctx = mmuw_context();

	if (!e.vm)
		return false;
	if (ctx)
		ctx->in_prefault = true;
	e.gfn = *(u64 *)f->arg[1] >> PAGE_SHIFT;
	f->saved[0] = e.vm;
	f->saved[1] = e.vcpu;
	f->saved[2] = e.gfn;
	atomic64_inc(&h->hits);
	mmuw_emit(prefault, &e);
	return true;
}

static void prefault_return(struct mmuw_hook *h, struct mmuw_frame *f, unsigned long ret)
{
	struct mmuw_prefault_event e = {
		.vm = f->saved[0], .vcpu = f->saved[1], .gfn = f->saved[2],
		.phase = MMUWITNESS_END, .ret = (long)ret,
	};
	struct mmuw_context *ctx = mmuw_context();

	if (ctx)
		ctx->in_prefault = false;
	mmuw_emit(prefault, &e);
}

struct mmuw_hook mmuw_prefault_hooks[] = {
	{ .name = "prefault", .symbols = { "kvm_arch_vcpu_pre_fault_memory" },
	  .on_enter = prefault_enter, .on_return = prefault_return },
	{ }
};
