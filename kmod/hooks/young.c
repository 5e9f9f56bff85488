// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's aging callbacks: what was asked for, and what KVM answered. The SPTE
 * changes and flushes in between are events of their own.
 */
#include <linux/kvm_host.h>

#include "witness/context.h"
#include "witness/emit.h"
#include "hooks/hooks.h"
#include "witness/witnessed.h"

/*
 * clear_flush_young flushes if it found the range young, unless the architecture
 * elides that (x86 since 6.13); the other two never do (kvm_main.c).
 */
static bool promises_flush(u8 op)
{
	return op == MMUWITNESS_YOUNG_CLEAR_FLUSH &&
	       !IS_ENABLED(CONFIG_KVM_ELIDE_TLB_FLUSH_IF_YOUNG);
}

/*
 * int kvm_mmu_notifier_clear_flush_young(mn, mm, start, end)
 * int kvm_mmu_notifier_clear_young(mn, mm, start, end)
 * int kvm_mmu_notifier_test_young(mn, mm, address)
 *
 * bool since 7.1. The task works for this VM from here to the return.
 */
static void enter(struct mmuw_call *call, u8 op)
{
	struct kvm *kvm = container_of((struct mmu_notifier *)call->arg[0], struct kvm,
				       mmu_notifier);
	struct mmuw_young_event e = {
		.vm = mmuw_vm_id(kvm), .op = op, .phase = MMUWITNESS_BEGIN,
		.start = call->arg[2],
		.end = op == MMUWITNESS_YOUNG_TEST ? call->arg[2] + 1 : call->arg[3],
		.promised = promises_flush(op),
	};

	if (!e.vm)
		return;
	mmuw_enter_notifier(kvm, 0, op);
	call->arg[3] = e.end;
	call->saved[0] = e.vm;
	call->saved[1] = op;
	mmuw_hit(call);
	mmuw_emit(young, &e);
	call->wants_return = true;
}

static void clear_flush_enter(struct mmuw_call *call)
{
	enter(call, MMUWITNESS_YOUNG_CLEAR_FLUSH);
}

static void clear_enter(struct mmuw_call *call)
{
	enter(call, MMUWITNESS_YOUNG_CLEAR);
}

static void test_enter(struct mmuw_call *call)
{
	enter(call, MMUWITNESS_YOUNG_TEST);
}

static void leave(struct mmuw_call *call)
{
	struct mmuw_young_event e = {
		.vm = call->saved[0], .op = call->saved[1], .phase = MMUWITNESS_END,
		.start = call->arg[2], .end = call->arg[3],
		.promised = promises_flush(call->saved[1]),
		.young = !!(u8)call->ret,	/* an int of 0 or 1, or a bool: the rest is undefined */
	};

	mmuw_emit(young, &e);
	mmuw_leave_notifier();
}

const struct mmuw_hook mmuw_young_hooks[] = {
	{ .name = "clear_flush_young", .symbols = { "kvm_mmu_notifier_clear_flush_young" },
	  .on_call = clear_flush_enter, .on_return = leave },
	{ .name = "clear_young", .symbols = { "kvm_mmu_notifier_clear_young" },
	  .on_call = clear_enter, .on_return = leave },
	{ .name = "test_young", .symbols = { "kvm_mmu_notifier_test_young" },
	  .on_call = test_enter, .on_return = leave },
	{ }
};
