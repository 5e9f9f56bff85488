// SPDX-License-Identifier: GPL-2.0-only
#include "context.h"

#include <linux/hash.h>
#include <linux/preempt.h>

#include "session.h"

/*
 * An open hash table keyed by task. Only the task itself reads and writes its
 * entry, so cmpxchg on the key is all the synchronisation there is. A look-up
 * probes a fixed window, so deletion leaves no holes to care for.
 */
#define TABLE_BITS 8
#define TABLE_SIZE (1 << TABLE_BITS)
#define WINDOW 16

static struct mmuw_context table[TABLE_SIZE];
atomic64_t mmuw_context_overflows;

static struct mmuw_context *slot(unsigned int i)
{
	return &table[(hash_ptr(current, TABLE_BITS) + i) & (TABLE_SIZE - 1)];
}

struct mmuw_context *mmuw_context(void)
{
	unsigned int i;

	if (!in_task())
		return NULL;
	for (i = 0; i < WINDOW; i++)
		if (READ_ONCE(slot(i)->task) == current)
			return slot(i);
	return NULL;
}

struct mmuw_context *mmuw_context_get(void)
{
	struct mmuw_context *ctx = mmuw_context();
	unsigned int i;

	if (ctx || !in_task())
		return ctx;
	for (i = 0; i < WINDOW; i++)
		if (!cmpxchg(&slot(i)->task, NULL, current))
			return slot(i);
	atomic64_inc(&mmuw_context_overflows);
	return NULL;
}

void mmuw_context_put(struct mmuw_context *ctx)
{
	if (!ctx || ctx->kvm || ctx->vcpu || ctx->in_notifier || ctx->in_ksm)
		return;
	ctx->ioctl = 0;
	ctx->notifier_event = 0;
	ctx->entered = NULL;
	ctx->replaced = 0;
	smp_store_release(&ctx->task, NULL);	/* the entry is clean by then */
}

void mmuw_context_reset(void)
{
	memset(table, 0, sizeof(table));
	atomic64_set(&mmuw_context_overflows, 0);
}

struct kvm *mmuw_context_kvm(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return NULL;
	return ctx->in_notifier ? ctx->notifier_kvm : ctx->kvm;
}

s16 mmuw_context_vcpu_id(void)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->vcpu ? ctx->vcpu->vcpu_id : -1;
}
