// SPDX-License-Identifier: GPL-2.0-only
#include "witness/context.h"

#include <linux/export.h>
#include <linux/hash.h>
#include <linux/preempt.h>

/*
 * An open hash table keyed by task. Only the task itself reads and writes its
 * entry, so cmpxchg on the key is all the synchronisation there is. A look-up
 * probes a fixed window, so deletion leaves no holes to care for. How many entries
 * there are of tasks whose window begins at a place says that there is none: a look-up
 * in vain, which is every other VM's, mostly ends there.
 */
#define TABLE_BITS 8
#define TABLE_SIZE (1 << TABLE_BITS)
#define WINDOW 16

static atomic_t begun[TABLE_SIZE] ____cacheline_aligned;
static struct task_struct *owners[TABLE_SIZE] ____cacheline_aligned;
static struct mmuw_context table[TABLE_SIZE];
atomic64_t mmuw_context_overflows;
EXPORT_SYMBOL_GPL(mmuw_context_overflows);

static unsigned int first_place(void)
{
	return hash_ptr(current, TABLE_BITS);
}

struct mmuw_context *mmuw_context(void)
{
	unsigned int first, i, at;

	if (!in_task())
		return NULL;
	first = first_place();
	if (!atomic_read(&begun[first]))
		return NULL;
	for (i = 0; i < WINDOW; i++) {
		at = (first + i) % TABLE_SIZE;
		if (READ_ONCE(owners[at]) == current)
			return &table[at];
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(mmuw_context);

static struct mmuw_context *get(void)
{
	struct mmuw_context *ctx = mmuw_context();
	unsigned int first = first_place(), i, at;

	if (ctx || !in_task())
		return ctx;
	for (i = 0; i < WINDOW; i++) {
		at = (first + i) % TABLE_SIZE;
		if (READ_ONCE(owners[at]) || cmpxchg(&owners[at], NULL, current))
			continue;
		atomic_inc(&begun[first]);
		ctx = &table[at];
		/* Whatever a return that was missed has left there. */
		*ctx = (struct mmuw_context){ };
		return ctx;
	}
	atomic64_inc(&mmuw_context_overflows);
	return NULL;
}

/* Gives the entry back unless the task is in something else. */
static void put(struct mmuw_context *ctx)
{
	if (ctx->kvm || ctx->vcpu || ctx->in_notifier || ctx->in_ksm || ctx->in_mkclean)
		return;
	atomic_dec(&begun[first_place()]);
	smp_store_release(&owners[ctx - table], NULL);
}

struct mmuw_context *mmuw_enter_vm_ioctl(struct kvm *kvm, unsigned int ioctl)
{
	struct mmuw_context *ctx = get();

	if (ctx) {
		ctx->kvm = kvm;
		ctx->vcpu = NULL;
		ctx->ioctl = ioctl;
	}
	return ctx;
}
EXPORT_SYMBOL_GPL(mmuw_enter_vm_ioctl);

struct mmuw_context *mmuw_enter_vcpu_ioctl(struct kvm_vcpu *vcpu)
{
	struct mmuw_context *ctx = get();

	if (ctx) {
		ctx->kvm = vcpu->kvm;
		ctx->vcpu = vcpu;
		ctx->ioctl = 0;
		ctx->in_fault = false;
		ctx->in_prefault = false;
		ctx->in_split = false;
	}
	return ctx;
}
EXPORT_SYMBOL_GPL(mmuw_enter_vcpu_ioctl);

void mmuw_leave_ioctl(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return;
	ctx->kvm = NULL;
	ctx->vcpu = NULL;
	ctx->ioctl = 0;
	ctx->in_fault = false;
	ctx->in_prefault = false;
	ctx->in_split = false;
	put(ctx);
}
EXPORT_SYMBOL_GPL(mmuw_leave_ioctl);

struct mmuw_context *mmuw_enter_notifier(struct kvm *kvm, u8 event, u8 aging)
{
	struct mmuw_context *ctx = get();

	if (ctx) {
		ctx->in_notifier = true;
		ctx->notifier_kvm = kvm;
		ctx->notifier_event = event;
		ctx->aging = aging;
	}
	return ctx;
}
EXPORT_SYMBOL_GPL(mmuw_enter_notifier);

void mmuw_leave_notifier(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return;
	ctx->in_notifier = false;
	ctx->notifier_kvm = NULL;
	ctx->notifier_event = 0;
	ctx->aging = 0;
	put(ctx);
}
EXPORT_SYMBOL_GPL(mmuw_leave_notifier);

struct mmuw_context *mmuw_enter_ksm(void)
{
	struct mmuw_context *ctx = get();

	if (ctx)
		ctx->in_ksm = true;
	return ctx;
}

void mmuw_leave_ksm(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return;
	ctx->in_ksm = false;
	put(ctx);
}

struct mmuw_context *mmuw_enter_mkclean(void)
{
	struct mmuw_context *ctx = get();

	if (ctx) {
		ctx->in_mkclean = true;
		ctx->ended_early = NULL;
	}
	return ctx;
}
EXPORT_SYMBOL_GPL(mmuw_enter_mkclean);

void mmuw_leave_mkclean(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return;
	ctx->in_mkclean = false;
	put(ctx);
}
EXPORT_SYMBOL_GPL(mmuw_leave_mkclean);

void mmuw_context_reset(void)
{
	memset(begun, 0, sizeof(begun));
	memset(owners, 0, sizeof(owners));
	atomic64_set(&mmuw_context_overflows, 0);
}
EXPORT_SYMBOL_GPL(mmuw_context_reset);

struct kvm *mmuw_context_kvm(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return NULL;
	return ctx->in_notifier ? ctx->notifier_kvm : ctx->kvm;
}
EXPORT_SYMBOL_GPL(mmuw_context_kvm);

s16 mmuw_context_vcpu_id(void)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->vcpu ? ctx->vcpu->vcpu_id : -1;
}

bool mmuw_context_by_kvm(void)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->kvm && !ctx->vcpu && !ctx->ioctl && !ctx->in_notifier;
}
