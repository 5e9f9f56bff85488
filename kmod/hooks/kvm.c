// SPDX-License-Identifier: GPL-2.0-only
/* KVM code common to all architectures: ioctls, dirty logs, invalidations. */
#include <linux/file.h>
#include <linux/kvm_host.h>

#include "witness/context.h"
#include "witness/emit.h"
#include "witness/point.h"
#include "hooks/hooks.h"
#include "witness/lock.h"
#include "witness/witnessed.h"

/* long kvm_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg) */
static void vm_ioctl_enter(struct mmuw_call *call)
{
	struct kvm *kvm = ((struct file *)call->arg[0])->private_data;
	struct mmuw_vm_ioctl_event e = {
		.vm = mmuw_vm_id(kvm), .cmd = (u32)call->arg[1], .phase = MMUWITNESS_BEGIN,
	};

	if (!e.vm)
		return;
	mmuw_enter_vm_ioctl(kvm, (u32)call->arg[1]);
	call->saved[0] = e.vm;
	mmuw_hit(call);
	mmuw_emit(vm_ioctl, &e);
	mmuw_pass(MMUW_POINT_IOCTL_BEGIN, e.vm, MMUWITNESS_NO_VCPU, 0, 0, 0);
	call->wants_return = true;
}

static void vm_ioctl_return(struct mmuw_call *call)
{
	struct mmuw_vm_ioctl_event e = {
		.vm = call->saved[0], .cmd = (u32)call->arg[1], .phase = MMUWITNESS_END,
		.ret = (long)call->ret,
	};

	mmuw_emit(vm_ioctl, &e);
	mmuw_pass(MMUW_POINT_IOCTL_END, e.vm, MMUWITNESS_NO_VCPU, 0, 0, 0);
	mmuw_leave_ioctl();
}

/*
 * long kvm_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
 *
 * All of them, since not only KVM_RUN touches SPTEs; an event for that one only.
 */
static void vcpu_ioctl_enter(struct mmuw_call *call)
{
	struct kvm_vcpu *vcpu = ((struct file *)call->arg[0])->private_data;
	struct mmuw_vcpu_run_event e = { .phase = MMUWITNESS_BEGIN };

	e.vm = mmuw_vm_id(vcpu->kvm);
	if (!e.vm)
		return;
	e.vcpu = vcpu->vcpu_id;
	mmuw_enter_vcpu_ioctl(vcpu);
	call->saved[0] = e.vm;
	call->saved[1] = e.vcpu;
	call->saved[2] = (u32)call->arg[1] == KVM_RUN;
	if (call->saved[2]) {
		mmuw_hit(call);
		mmuw_emit(vcpu_run, &e);
	}
	call->wants_return = true;
}

static void vcpu_ioctl_return(struct mmuw_call *call)
{
	struct mmuw_vcpu_run_event e = {
		.vm = call->saved[0], .vcpu = call->saved[1], .phase = MMUWITNESS_END, .ret = (int)call->ret,
	};

	mmuw_fault_end();
	if (call->saved[2])
		mmuw_emit(vcpu_run, &e);
	mmuw_leave_ioctl();
}

/* void mark_page_dirty_in_slot(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn) */
static void log_mark(struct mmuw_call *call)
{
	struct kvm *kvm = (struct kvm *)call->arg[0];
	const struct kvm_memory_slot *slot = (const struct kvm_memory_slot *)call->arg[1];
	struct mmuw_log_mark_event e = { .vm = mmuw_vm_id(kvm) };

	if (!e.vm || !slot)
		return;
	e.vcpu = mmuw_context_vcpu_id();
	e.gfn = call->arg[2];
	e.slot = slot->id;
	e.logging = kvm_slot_dirty_track_enabled(slot);
	e.lock = mmuw_mmu_lock_state(kvm);
	mmuw_hit(call);
	mmuw_emit(log_mark, &e);
	mmuw_pass(MMUW_POINT_LOG_MARK, e.vm, e.vcpu, 0, e.gfn, 1);
}

/* void kvm_dirty_ring_push(struct kvm_vcpu *vcpu, u32 slot, u64 offset); 6.1: the ring first */
static void ring_push(struct mmuw_call *call)
{
	struct mmuw_context *ctx = mmuw_context();
	struct mmuw_ring_event e = { .op = MMUWITNESS_RING_PUSH };

	if (!ctx || !ctx->vcpu)
		return;
	e.vm = mmuw_vm_id(ctx->vcpu->kvm);
	if (!e.vm)
		return;
	e.vcpu = ctx->vcpu->vcpu_id;
	e.slot = (u16)call->arg[1];
	e.offset = call->arg[2];
	mmuw_hit(call);
	mmuw_emit(ring, &e);
	mmuw_pass(MMUW_POINT_RING_PUSH, e.vm, e.vcpu, 0, 0, 0);
}

/* int kvm_dirty_ring_reset(struct kvm *kvm, struct kvm_dirty_ring *ring, ...) */
static void ring_reset(struct mmuw_call *call)
{
	struct mmuw_ring_event e = {
		.vm = mmuw_vm_id((struct kvm *)call->arg[0]), .vcpu = -1, .op = MMUWITNESS_RING_RESET,
	};

	if (!e.vm)
		return;
	mmuw_hit(call);
	mmuw_emit(ring, &e);
}

/*
 * KVM's callbacks for invalidations, first argument the notifier in struct kvm. No event:
 * see notifier.c. Only between our two notifiers: a VM from before the session
 * is called when the inner one has been, and nobody would clear its name again.
 */
static void enter_notifier(struct mmuw_call *call)
{
	struct kvm *kvm = container_of((struct mmu_notifier *)call->arg[0], struct kvm, mmu_notifier);
	struct mmuw_context *ctx;

	if (!mmuw_is_session_mm(READ_ONCE(kvm->mm)))
		return;
	ctx = mmuw_context();
	if (!ctx || !ctx->in_notifier)
		return;
	ctx->notifier_kvm = mmuw_vm_id(kvm) ? kvm : NULL;
	mmuw_hit(call);
}

/* void kvm_set_pfn_dirty(kvm_pfn_t pfn), up to 6.12 */
static void set_pfn_dirty(struct mmuw_call *call)
{
	mmuw_folio_kvm_dirty(call, call->arg[0]);
}

/* void kvm_release_page_dirty(struct page *page), since 6.13 */
static void release_page_dirty(struct mmuw_call *call)
{
	if (call->arg[0])
		mmuw_folio_kvm_dirty(call, page_to_pfn((struct page *)call->arg[0]));
}

const struct mmuw_hook mmuw_kvm_hooks[] = {
	{ .name = "log_mark", .symbols = { "mark_page_dirty_in_slot" },
	  .on_call = log_mark },
	{ .name = "ring_push", .symbols = { "kvm_dirty_ring_push" }, .on_call = ring_push },
	{ .name = "ring_reset", .symbols = { "kvm_dirty_ring_reset" }, .on_call = ring_reset },
	{ .name = "kvm_dirty", .symbols = { "kvm_set_pfn_dirty" }, .on_call = set_pfn_dirty },
	{ .name = "kvm_release_dirty", .symbols = { "kvm_release_page_dirty" },
	  .on_call = release_page_dirty },
	{ .name = "notifier_start", .symbols = { "kvm_mmu_notifier_invalidate_range_start" },
	  .on_call = enter_notifier },
	{ .name = "notifier_end", .symbols = { "kvm_mmu_notifier_invalidate_range_end" },
	  .on_call = enter_notifier },
	{ .name = "vm_ioctl", .symbols = { "kvm_vm_ioctl" },
	  .on_call = vm_ioctl_enter, .on_return = vm_ioctl_return },
	{ .name = "vcpu_run", .symbols = { "kvm_vcpu_ioctl" },
	  .on_call = vcpu_ioctl_enter, .on_return = vcpu_ioctl_return },
	{ }
};
