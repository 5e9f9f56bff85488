// SPDX-License-Identifier: GPL-2.0-only
/* A guest page fault, from its begin to the vCPU's next entry into the guest. */
#include <linux/kvm_host.h>

#include "hooks/arch.h"
#include "witness/context.h"
#include "witness/emit.h"
#include "witness/point.h"
#include "hooks/hooks.h"
#include "witness/notifier.h"
#include "witness/witnessed.h"

/*
 * KVM's handler, mmuw_fault_symbol(). Not a kretprobe: that would double the
 * cost of a fault. It is over when the vCPU enters the guest again, or leaves
 * KVM_RUN.
 */
void mmuw_fault_begin(struct mmuw_call *call)
{
	struct mmuw_fault_event e = {};
	struct kvm_vcpu *vcpu = mmuw_fault_args(call->arg, &e);

	mmuw_fault_begin_of(call, vcpu, &e);
}

void mmuw_fault_begin_of(struct mmuw_call *call, struct kvm_vcpu *vcpu, struct mmuw_fault_event *e)
{
	struct mmuw_context *ctx = mmuw_context();

	e->phase = MMUWITNESS_FAULT_BEGIN;
	e->vm = mmuw_vm_id(vcpu->kvm);
	e->vcpu = vcpu->vcpu_id;
	if (!e->vm || !ctx)
		return;
	mmuw_fault_end();
	ctx->in_fault = true;
	ctx->fault_gfn = e->gfn;
	ctx->fault_write = e->write;
	ctx->fault_looked_up = false;
	ctx->fault_sptep = NULL;
	e->inv_seq = READ_ONCE(vcpu->kvm->mmu_invalidate_seq);
	e->inv_in_progress = READ_ONCE(vcpu->kvm->mmu_invalidate_in_progress);
	mmuw_hit(call);
	mmuw_emit(fault, e);
	mmuw_pass(MMUW_POINT_FAULT_BEGIN, e->vm, e->vcpu, 0, e->gfn, 1);
}

void mmuw_fault_pfn_found(struct mmuw_call *call)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx || !ctx->vcpu || !ctx->in_fault)
		return;
	mmuw_hit(call);
	mmuw_pass(MMUW_POINT_PFN_FOUND, mmuw_vm_id(ctx->vcpu->kvm), ctx->vcpu->vcpu_id, 0,
		  ctx->fault_gfn, 1);
}

void mmuw_fault_end(void)
{
	struct mmuw_context *ctx = mmuw_context();
	struct mmuw_fault_event e = { .phase = MMUWITNESS_FAULT_END };

	if (!ctx || !ctx->in_fault || !ctx->vcpu)
		return;
	ctx->in_fault = false;
	e.vm = mmuw_vm_id(ctx->vcpu->kvm);
	if (!e.vm)
		return;
	e.vcpu = ctx->vcpu->vcpu_id;
	e.gfn = ctx->fault_gfn;
	e.write = ctx->fault_write;
	mmuw_emit(fault, &e);
	mmuw_pass(MMUW_POINT_FAULT_END, e.vm, e.vcpu, 0, e.gfn, 1);
}

/*
 * kvm_pfn_t __kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, ...)
 * kvm_pfn_t __gfn_to_pfn_memslot(const struct kvm_memory_slot *slot, gfn_t gfn, ...) up to 6.12
 *
 * Called after the fault took its snapshot of mmu_invalidate_seq: what is read
 * here is the snapshot or newer.
 */
static void pfn_lookup(struct mmuw_call *call)
{
	struct mmuw_context *ctx = mmuw_context();
	struct mmuw_fault_event e = { .phase = MMUWITNESS_FAULT_PFN, .gfn = call->arg[1] };
	const struct kvm_memory_slot *slot = (const struct kvm_memory_slot *)call->arg[0];
	struct kvm *kvm;

	if (!ctx || !ctx->vcpu)
		return;
	kvm = ctx->vcpu->kvm;
	e.vm = mmuw_vm_id(kvm);
	if (!e.vm)
		return;
	/*
	 * Another function of that name, with other arguments (x86 of 6.12 has one)? Without
	 * a slot it is the right one, which 6.1 calls for a gfn that is in none.
	 */
	if (slot && call->arg[1] - slot->base_gfn >= slot->npages) {
		atomic64_inc(&call->hooked->missed);
		return;
	}
	e.vcpu = ctx->vcpu->vcpu_id;
	e.write = ctx->fault_write;
	e.inv_seq = READ_ONCE(kvm->mmu_invalidate_seq);
	e.inv_in_progress = READ_ONCE(kvm->mmu_invalidate_in_progress);
	mmuw_hit(call);
	if (ctx->in_fault && ctx->fault_looked_up && mmuw_fault_retries()) {
		struct mmuw_fault_event retry = e;

		retry.phase = MMUWITNESS_FAULT_RETRY;
		mmuw_emit(fault, &retry);
	}
	ctx->fault_looked_up = true;
	ctx->fault_removals = mmuw_removals();
	mmuw_emit(fault, &e);
	mmuw_pass(MMUW_POINT_PFN_LOOKUP, e.vm, e.vcpu, 0, e.gfn, 1);
}

const struct mmuw_hook mmuw_fault_hooks[] = {
	{ .name = "pfn_lookup", .symbols = { "__gfn_to_pfn_memslot", "__kvm_faultin_pfn" },
	  .on_call = pfn_lookup },
	{ }
};

void mmuw_fault_reentry(struct mmuw_traced *traced)
{
	struct mmuw_context *ctx;

	rcu_read_lock();
	ctx = mmuw_context();
	if (ctx && ctx->in_fault) {
		atomic64_inc(&traced->hits);
		mmuw_fault_end();
	}
	rcu_read_unlock();
}
