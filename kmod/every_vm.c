// SPDX-License-Identifier: GPL-2.0-only
#include "every_vm.h"

#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/mmu_notifier.h>

#include "arch.h"
#include "context.h"
#include "plant.h"
#include "symbol.h"

#define MAX_ACTIVE 128		/* as in hook.c: vCPUs sit in KVM_RUN for long */
#define ARGS 3

/* A function of KVM: its entry says something of the task, its return takes that back. */
struct watch {
	const char *symbol;		/* the architecture's own, for faults */
	void (*enter)(struct mmuw_context *ctx, const unsigned long *arg);
	void (*leave)(struct mmuw_context *ctx);
	u8 aging;			/* enum mmuwitness_young_op */
	bool fault;
	bool attached;
	struct kretprobe rp;
};

/* long kvm_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg) */
static void enter_vm_ioctl(struct mmuw_context *ctx, const unsigned long *arg)
{
	ctx->kvm = ((struct file *)arg[0])->private_data;
	ctx->ioctl = (u32)arg[1];
}

/* long kvm_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg) */
static void enter_vcpu_ioctl(struct mmuw_context *ctx, const unsigned long *arg)
{
	ctx->vcpu = ((struct file *)arg[0])->private_data;
	ctx->kvm = ctx->vcpu->kvm;
}

static void leave_ioctl(struct mmuw_context *ctx)
{
	ctx->kvm = NULL;
	ctx->vcpu = NULL;
	ctx->ioctl = 0;
}

static void enter_notifier(struct mmuw_context *ctx, const unsigned long *arg)
{
	ctx->notifier_kvm = container_of((struct mmu_notifier *)arg[0], struct kvm, mmu_notifier);
	ctx->notifier_event = 0;
	ctx->in_notifier = true;
}

/* kvm_mmu_notifier_invalidate_range_{start,end}(mn, const struct mmu_notifier_range *range) */
static void enter_invalidate(struct mmuw_context *ctx, const unsigned long *arg)
{
	enter_notifier(ctx, arg);
	ctx->notifier_event = ((const struct mmu_notifier_range *)arg[1])->event;
}

static void leave_notifier(struct mmuw_context *ctx)
{
	ctx->in_notifier = false;
	ctx->notifier_kvm = NULL;
	ctx->aging = 0;
}

static void enter_fault(struct mmuw_context *ctx, const unsigned long *arg)
{
	struct mmuw_fault_event e = { };

	mmuw_fault_args(arg, &e);
	ctx->fault_gfn = e.gfn;
	ctx->fault_write = e.write;
	ctx->in_fault = true;
}

static void leave_fault(struct mmuw_context *ctx)
{
	ctx->in_fault = false;
	if (ctx->vcpu)
		mmuw_plant_fault_end(ctx->vcpu, ctx->fault_gfn, ctx->fault_write);
}

static struct watch watches[] = {
	{ .symbol = "kvm_vm_ioctl", .enter = enter_vm_ioctl, .leave = leave_ioctl },
	{ .symbol = "kvm_vcpu_ioctl", .enter = enter_vcpu_ioctl, .leave = leave_ioctl },
	{ .symbol = "kvm_mmu_notifier_invalidate_range_start",
	  .enter = enter_invalidate, .leave = leave_notifier },
	{ .symbol = "kvm_mmu_notifier_invalidate_range_end",
	  .enter = enter_invalidate, .leave = leave_notifier },
	{ .symbol = "kvm_mmu_notifier_clear_young", .aging = MMUWITNESS_YOUNG_CLEAR,
	  .enter = enter_notifier, .leave = leave_notifier },
	{ .symbol = "kvm_mmu_notifier_clear_flush_young", .aging = MMUWITNESS_YOUNG_CLEAR_FLUSH,
	  .enter = enter_notifier, .leave = leave_notifier },
	{ .symbol = "kvm_mmu_notifier_test_young", .aging = MMUWITNESS_YOUNG_TEST,
	  .enter = enter_notifier, .leave = leave_notifier },
	{ .symbol = "kvm_mmu_notifier_change_pte",
	  .enter = enter_notifier, .leave = leave_notifier },
	{ .fault = true, .enter = enter_fault, .leave = leave_fault },
};

static int on_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct watch *w = container_of(get_kretprobe(ri), struct watch, rp);
	struct mmuw_context *ctx = mmuw_context_get();
	unsigned long arg[ARGS];
	unsigned int i;

	if (!ctx)
		return 1;
	for (i = 0; i < ARGS; i++)
		arg[i] = regs_get_kernel_argument(regs, i);
	w->enter(ctx, arg);
	if (w->aging)
		ctx->aging = w->aging;
	return 0;
}

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct watch *w = container_of(get_kretprobe(ri), struct watch, rp);
	struct mmuw_context *ctx = mmuw_context();

	if (ctx) {
		w->leave(ctx);
		mmuw_context_put(ctx);
	}
	return 0;
}

int mmuw_every_vm_attach(bool faults)
{
	struct watch *w;
	int err;

	mmuw_context_reset();
	for (w = watches; w < watches + ARRAY_SIZE(watches); w++) {
		if (w->fault && !faults)
			continue;
		if (w->fault)
			w->symbol = mmuw_fault_symbol();
		if (!mmuw_symbol_address(w->symbol))
			continue;
		w->rp = (struct kretprobe){
			.kp.symbol_name = w->symbol,
			.entry_handler = on_enter,
			.handler = on_return,
			.maxactive = MAX_ACTIVE,
		};
		err = register_kretprobe(&w->rp);
		if (err) {
			mmuw_every_vm_detach();
			return err;
		}
		w->attached = true;
	}
	/* The first: without KVM there is nothing to break. */
	return watches[0].attached ? 0 : -ENODEV;
}

void mmuw_every_vm_detach(void)
{
	struct kretprobe *rps[ARRAY_SIZE(watches)];
	struct watch *w;
	int n = 0;

	for (w = watches; w < watches + ARRAY_SIZE(watches); w++) {
		if (w->attached)
			rps[n++] = &w->rp;
		w->attached = false;
	}
	if (!n)
		return;
	unregister_kretprobes(rps, n);
	mmuw_context_reset();	/* of tasks that have not returned yet */
}
