// SPDX-License-Identifier: GPL-2.0-only
#include "plants/every_vm.h"

#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/mmu_notifier.h>

#include "hooks/arch.h"
#include "witness/context.h"
#include "witness/symbol.h"

#define MAX_ACTIVE 128		/* as in hook.c: vCPUs sit in KVM_RUN for long */
#define ARGS 3

/* A function of KVM or mm: its entry says something of the task, its return takes that back. */
struct watch {
	const char *symbol;		/* NULL: the architecture's own, for faults */
	struct mmuw_context *(*enter)(const unsigned long *arg);
	void (*leave)(void);
	bool optional;			/* only if somebody asks for faults */
	bool attached;
	struct kretprobe rp;
};

/* long kvm_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg) */
static struct mmuw_context *enter_vm_ioctl(const unsigned long *arg)
{
	return mmuw_enter_vm_ioctl(((struct file *)arg[0])->private_data, (u32)arg[1]);
}

/* long kvm_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg) */
static struct mmuw_context *enter_vcpu_ioctl(const unsigned long *arg)
{
	return mmuw_enter_vcpu_ioctl(((struct file *)arg[0])->private_data);
}

static struct kvm *notified(const unsigned long *arg)
{
	return container_of((struct mmu_notifier *)arg[0], struct kvm, mmu_notifier);
}

static struct mmuw_context *enter_change_pte(const unsigned long *arg)
{
	return mmuw_enter_notifier(notified(arg), 0, 0);
}

/* kvm_mmu_notifier_invalidate_range_{start,end}(mn, const struct mmu_notifier_range *range) */
static struct mmuw_context *enter_invalidate(const unsigned long *arg)
{
	return mmuw_enter_notifier(notified(arg),
				   ((const struct mmu_notifier_range *)arg[1])->event, 0);
}

static struct mmuw_context *enter_clear_young(const unsigned long *arg)
{
	return mmuw_enter_notifier(notified(arg), 0, MMUWITNESS_YOUNG_CLEAR);
}

static struct mmuw_context *enter_clear_flush_young(const unsigned long *arg)
{
	return mmuw_enter_notifier(notified(arg), 0, MMUWITNESS_YOUNG_CLEAR_FLUSH);
}

static struct mmuw_context *enter_test_young(const unsigned long *arg)
{
	return mmuw_enter_notifier(notified(arg), 0, MMUWITNESS_YOUNG_TEST);
}

static struct mmuw_context *enter_mkclean(const unsigned long *arg)
{
	return mmuw_enter_mkclean();
}

static struct mmuw_context *enter_fault(const unsigned long *arg)
{
	struct mmuw_context *ctx = mmuw_context();
	struct mmuw_fault_event e = { };

	if (!ctx)
		return NULL;
	mmuw_fault_args(arg, &e);
	ctx->fault_gfn = e.gfn;
	ctx->fault_write = e.write;
	ctx->in_fault = true;
	return ctx;
}

static void (*fault_ended)(void);

static void leave_fault(void)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx)
		return;
	ctx->in_fault = false;
	if (ctx->vcpu)
		fault_ended();
}

static struct watch watches[] = {
	{ .symbol = "kvm_vm_ioctl", .enter = enter_vm_ioctl, .leave = mmuw_leave_ioctl },
	{ .symbol = "kvm_vcpu_ioctl", .enter = enter_vcpu_ioctl, .leave = mmuw_leave_ioctl },
	{ .symbol = "kvm_mmu_notifier_invalidate_range_start",
	  .enter = enter_invalidate, .leave = mmuw_leave_notifier },
	{ .symbol = "kvm_mmu_notifier_invalidate_range_end",
	  .enter = enter_invalidate, .leave = mmuw_leave_notifier },
	{ .symbol = "kvm_mmu_notifier_clear_young",
	  .enter = enter_clear_young, .leave = mmuw_leave_notifier },
	{ .symbol = "kvm_mmu_notifier_clear_flush_young",
	  .enter = enter_clear_flush_young, .leave = mmuw_leave_notifier },
	{ .symbol = "kvm_mmu_notifier_test_young",
	  .enter = enter_test_young, .leave = mmuw_leave_notifier },
	{ .symbol = "kvm_mmu_notifier_change_pte",
	  .enter = enter_change_pte, .leave = mmuw_leave_notifier },
	{ .symbol = "folio_mkclean", .enter = enter_mkclean, .leave = mmuw_leave_mkclean },
	{ .optional = true, .enter = enter_fault, .leave = leave_fault },
};

static int on_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct watch *w = container_of(get_kretprobe(ri), struct watch, rp);
	unsigned long arg[ARGS];
	unsigned int i;

	for (i = 0; i < ARGS; i++)
		arg[i] = regs_get_kernel_argument(regs, i);
	return w->enter(arg) ? 0 : 1;
}

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct watch *w = container_of(get_kretprobe(ri), struct watch, rp);
	w->leave();
	return 0;
}

int mmuw_every_vm_attach(void (*on_fault_end)(void))
{
	struct watch *w;
	int err;

	mmuw_context_reset();
	fault_ended = on_fault_end;
	for (w = watches; w < watches + ARRAY_SIZE(watches); w++) {
		if (w->optional && !on_fault_end)
			continue;
		if (w->optional)
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
	if (watches[0].attached)
		return 0;
	mmuw_every_vm_detach();
	return -ENODEV;
}

u64 mmuw_every_vm_missed(void)
{
	u64 n = atomic64_read(&mmuw_context_overflows);
	struct watch *w;

	for (w = watches; w < watches + ARRAY_SIZE(watches); w++)
		if (w->attached)
			n += w->rp.nmissed + w->rp.kp.nmissed;
	return n;
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
