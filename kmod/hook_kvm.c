// SPDX-License-Identifier: GPL-2.0-only
/* KVM code common to all architectures: ioctls, dirty logs, flushes, pfn look-up. */
#include <linux/file.h>
#include <linux/kvm_host.h>

#include "context.h"
#include "emit.h"
#include "gate.h"
#include "hook.h"
#include "lock.h"
#include "plant.h"
#include "session.h"

/* long kvm_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg) */
static bool vm_ioctl_enter(struct mmuw_hook *h, struct mmuw_frame *f)
{
	struct kvm *kvm = ((struct file *)f->arg[0])->private_data;
	struct mmuw_ioctl_event e = {
		.vm = mmuw_vm_id(kvm), .cmd = (u32)f->arg[1], .phase = MMUWITNESS_BEGIN, .vcpu = -1,
	};
	struct mmuw_context *ctx;

	if (!e.vm)
		return false;
	ctx = mmuw_context_get();
	if (ctx) {
		ctx->kvm = kvm;
		ctx->ioctl = (u32)f->arg[1];
	}
	f->saved[0] = e.vm;
	atomic64_inc(&h->hits);
	mmuw_emit(vm_ioctl, &e);
	mmuw_pass(MMUW_POINT_IOCTL_BEGIN, e.vm, MMUWITNESS_NO_VCPU, 0, 0, 0);
	return true;
}

static void vm_ioctl_return(struct mmuw_hook *h, struct mmuw_frame *f, unsigned long ret)
{
	struct mmuw_ioctl_event e = {
		.vm = f->saved[0], .cmd = (u32)f->arg[1], .phase = MMUWITNESS_END,
		.vcpu = -1, .ret = (long)ret,
	};
	struct mmuw_context *ctx = mmuw_context();

	mmuw_emit(vm_ioctl, &e);
	mmuw_pass(MMUW_POINT_IOCTL_END, e.vm, MMUWITNESS_NO_VCPU, 0, 0, 0);
	if (ctx) {
		ctx->kvm = NULL;
		ctx->ioctl = 0;
		mmuw_context_put(ctx);
	}
}

/*
 * long kvm_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
 *
 * All of them, since not only KVM_RUN touches SPTEs; an event for that one only.
 */
static bool vcpu_ioctl_enter(struct mmuw_hook *h, struct mmuw_frame *f)
{
	struct kvm_vcpu *vcpu = ((struct file *)f->arg[0])->private_data;
	struct mmuw_ioctl_event e = { .phase = MMUWITNESS_BEGIN };
	struct mmuw_context *ctx;

	e.vm = mmuw_vm_id(vcpu->kvm);
	if (!e.vm)
		return false;
	e.vcpu = vcpu->vcpu_id;
	ctx = mmuw_context_get();
	if (ctx) {
		ctx->kvm = vcpu->kvm;
		ctx->vcpu = vcpu;
	}
	f->saved[0] = e.vm;
	f->saved[1] = e.vcpu;
	f->saved[2] = (u32)f->arg[1] == KVM_RUN;
	if (f->saved[2]) {
		atomic64_inc(&h->hits);
		mmuw_emit(vcpu_run, &e);
	}
	return true;
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
	mmuw_plant_fault_end(ctx->vcpu, e.gfn, e.write);
	mmuw_pass(MMUW_POINT_FAULT_END, e.vm, e.vcpu, 0, e.gfn, 1);
}

static void vcpu_ioctl_return(struct mmuw_hook *h, struct mmuw_frame *f, unsigned long ret)
{
	struct mmuw_ioctl_event e = {
		.vm = f->saved[0], .vcpu = f->saved[1], .phase = MMUWITNESS_END, .ret = (int)ret,
	};
	struct mmuw_context *ctx = mmuw_context();

	mmuw_fault_end();
	if (f->saved[2])
		mmuw_emit(vcpu_run, &e);
	if (ctx) {
		ctx->kvm = NULL;
		ctx->vcpu = NULL;
		mmuw_context_put(ctx);
	}
}

/* void mark_page_dirty_in_slot(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn) */
static void log_mark(struct mmuw_hook *h, const unsigned long *arg)
{
	struct kvm *kvm = (struct kvm *)arg[0];
	const struct kvm_memory_slot *slot = (const struct kvm_memory_slot *)arg[1];
	struct mmuw_log_event e = { .vm = mmuw_vm_id(kvm) };

	if (!e.vm || !slot)
		return;
	e.vcpu = mmuw_context_vcpu_id();
	e.gfn = arg[2];
	e.slot = slot->id;
	e.logging = kvm_slot_dirty_track_enabled(slot);
	e.lock = mmuw_mmu_lock(kvm);
	atomic64_inc(&h->hits);
	mmuw_emit(log_mark, &e);
	mmuw_pass(MMUW_POINT_LOG_MARK, e.vm, e.vcpu, 0, e.gfn, 1);
}

/* void kvm_dirty_ring_push(struct kvm_vcpu *vcpu, u32 slot, u64 offset); 6.1: the ring first */
static void ring_push(struct mmuw_hook *h, const unsigned long *arg)
{
	struct mmuw_context *ctx = mmuw_context();
	struct mmuw_ring_event e = { .op = MMUWITNESS_RING_PUSH };

	if (!ctx || !ctx->vcpu)
		return;
	e.vm = mmuw_vm_id(ctx->vcpu->kvm);
	if (!e.vm)
		return;
	e.vcpu = ctx->vcpu->vcpu_id;
	e.slot = (u16)arg[1];
	e.offset = arg[2];
	atomic64_inc(&h->hits);
	mmuw_emit(ring, &e);
	mmuw_pass(MMUW_POINT_RING_PUSH, e.vm, e.vcpu, 0, 0, 0);
}

/* int kvm_dirty_ring_reset(struct kvm *kvm, struct kvm_dirty_ring *ring, ...) */
static void ring_reset(struct mmuw_hook *h, const unsigned long *arg)
{
	struct mmuw_ring_event e = {
		.vm = mmuw_vm_id((struct kvm *)arg[0]), .vcpu = -1, .op = MMUWITNESS_RING_RESET,
	};

	if (!e.vm)
		return;
	atomic64_inc(&h->hits);
	mmuw_emit(ring, &e);
}

/*
 * bool kvm_make_all_cpus_request(struct kvm *kvm, unsigned int req)
 * bool kvm_make_all_cpus_request_except(kvm, req, except), its body in 6.1
 *
 * What a remote flush comes down to where hardware does not broadcast it: its
 * return means that every vCPU has left the guest or will flush on entry. So
 * does that of x86's request to give up roots that have become invalid: a vCPU
 * flushes when it loads another.
 */
static u64 flushes_before[MMUWITNESS_MAX_VMS + 1];
static atomic64_t flushes_seen[MMUWITNESS_MAX_VMS + 1];

static bool is_request(unsigned long req, unsigned int which)
{
	return (req & KVM_REQUEST_MASK) == (which & KVM_REQUEST_MASK);
}

static bool all_cpus_request_enter(struct mmuw_hook *h, struct mmuw_frame *f)
{
	struct mmuw_flush_event e = { .vm = mmuw_vm_id((struct kvm *)f->arg[0]) };

	if (!e.vm)
		return false;
	if (is_request(f->arg[1], KVM_REQ_TLB_FLUSH))
		e.phase = MMUWITNESS_FLUSH_REQUEST;
#ifdef KVM_REQ_MMU_FREE_OBSOLETE_ROOTS
	else if (is_request(f->arg[1], KVM_REQ_MMU_FREE_OBSOLETE_ROOTS))
		e.phase = MMUWITNESS_FLUSH_ROOTS_REQUEST;
#endif
	else
		return false;
	e.vcpu = mmuw_context_vcpu_id();
	f->saved[0] = e.vm;
	f->saved[1] = e.phase + 1;	/* done */
	atomic64_inc(&h->hits);
	mmuw_emit(tlb_flush, &e);
	if (e.phase != MMUWITNESS_FLUSH_REQUEST)
		return true;
	atomic64_inc(&flushes_seen[e.vm]);
	mmuw_pass(MMUW_POINT_FLUSH_REQUEST, e.vm, e.vcpu, 0, 0, 0);
	return true;
}

static void all_cpus_request_return(struct mmuw_hook *h, struct mmuw_frame *f, unsigned long ret)
{
	struct mmuw_flush_event e = {
		.vm = f->saved[0], .phase = f->saved[1], .vcpu = mmuw_context_vcpu_id(),
	};

	mmuw_emit(tlb_flush, &e);
	if (e.phase == MMUWITNESS_FLUSH_DONE)
		mmuw_pass(MMUW_POINT_FLUSH_DONE, e.vm, e.vcpu, 0, 0, 0);
}

/*
 * Is the function that we watch the one that is called, or was it inlined?
 * KVM counts its requests; not atomically, so never too many.
 */
static u64 flushes_missed(struct mmuw_hook *h, struct kvm *kvm, u16 vm)
{
	u64 requested = kvm->stat.generic.remote_tlb_flush_requests - flushes_before[vm];
	u64 seen = atomic64_read(&flushes_seen[vm]);

	return requested > seen ? requested - seen : 0;
}

void mmuw_hooks_vm_added(struct kvm *kvm, u16 vm)
{
	flushes_before[vm] = kvm->stat.generic.remote_tlb_flush_requests;
	atomic64_set(&flushes_seen[vm], 0);
}

/*
 * kvm_pfn_t __kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, ...)
 * kvm_pfn_t __gfn_to_pfn_memslot(const struct kvm_memory_slot *slot, gfn_t gfn, ...) up to 6.12
 *
 * Called after the fault took its snapshot of mmu_invalidate_seq: what is read
 * here is the snapshot or newer.
 */
static void pfn_lookup(struct mmuw_hook *h, const unsigned long *arg)
{
	struct mmuw_context *ctx = mmuw_context();
	struct mmuw_fault_event e = { .phase = MMUWITNESS_FAULT_PFN, .gfn = arg[1] };
	struct kvm *kvm;

	if (!ctx || !ctx->vcpu)
		return;
	kvm = ctx->vcpu->kvm;
	e.vm = mmuw_vm_id(kvm);
	if (!e.vm)
		return;
	e.vcpu = ctx->vcpu->vcpu_id;
	e.write = ctx->fault_write;
	e.inv_seq = READ_ONCE(kvm->mmu_invalidate_seq);
	e.inv_in_progress = READ_ONCE(kvm->mmu_invalidate_in_progress);
	atomic64_inc(&h->hits);
	mmuw_emit(fault, &e);
	mmuw_pass(MMUW_POINT_PFN_LOOKUP, e.vm, e.vcpu, 0, e.gfn, 1);
}

/*
 * KVM's callbacks for invalidations, first argument the notifier in struct kvm. No event:
 * see notifier.c. Only between our two notifiers: a VM from before the session
 * is called when the inner one has been, and nobody would clear its name again.
 */
static void enter_notifier(struct mmuw_hook *h, const unsigned long *arg)
{
	struct kvm *kvm = container_of((struct mmu_notifier *)arg[0], struct kvm, mmu_notifier);
	struct mmuw_context *ctx;

	if (!mmuw_is_session_mm(READ_ONCE(kvm->mm)))
		return;
	ctx = mmuw_context();
	if (!ctx || !ctx->in_notifier)
		return;
	ctx->notifier_kvm = mmuw_vm_id(kvm) ? kvm : NULL;
	atomic64_inc(&h->hits);
}

struct mmuw_hook mmuw_kvm_hooks[] = {
	{ .name = "log_mark", .symbols = { "mark_page_dirty_in_slot" },
	  .on_entry = log_mark },
	{ .name = "pfn_lookup", .symbols = { "__gfn_to_pfn_memslot", "__kvm_faultin_pfn" },
	  .on_entry = pfn_lookup },
	{ .name = "ring_push", .symbols = { "kvm_dirty_ring_push" }, .on_entry = ring_push },
	{ .name = "ring_reset", .symbols = { "kvm_dirty_ring_reset" }, .on_entry = ring_reset },
	{ .name = "notifier_start", .symbols = { "kvm_mmu_notifier_invalidate_range_start" },
	  .on_entry = enter_notifier },
	{ .name = "notifier_end", .symbols = { "kvm_mmu_notifier_invalidate_range_end" },
	  .on_entry = enter_notifier },
	{ .name = "vm_ioctl", .symbols = { "kvm_vm_ioctl" },
	  .on_enter = vm_ioctl_enter, .on_return = vm_ioctl_return },
	{ .name = "vcpu_run", .symbols = { "kvm_vcpu_ioctl" },
	  .on_enter = vcpu_ioctl_enter, .on_return = vcpu_ioctl_return },
	{ .name = "tlb_flush",
	  .symbols = { "kvm_make_all_cpus_request_except", "kvm_make_all_cpus_request" },
	  .on_enter = all_cpus_request_enter, .on_return = all_cpus_request_return,
	  .missed_for = flushes_missed },
	{ }
};
