// SPDX-License-Identifier: GPL-2.0-only
/* The plant engine: which plant is active, and how a function is broken. */
#include "plants/plant.h"

#include <linux/ftrace.h>
#include <linux/module.h>

#include "witness/context.h"
#include "witness/emit.h"
#include "plants/every_vm.h"
#include "plants/ftrace_on.h"
#include "witness/fregs.h"
#include "witness/patch_site.h"
#include "witness/redirect.h"
#include "witness/witnessed.h"
#include "witness/symbol.h"

static const struct mmuw_plant_tables *all;
static enum mmuwitness_mmu mmu;		/* of the session; without one it is KVM */

static struct mmuw_plant *const *tables(void)
{
	return mmu == MMUWITNESS_MMU_REFERENCE ? all->reference : all->kvm;
}

#define for_each_plant(p, t)						\
	for (t = tables(); *t; t++)					\
		for (p = *t; p->name; p++)

static struct mmuw_plant *active;	/* NULL: nothing is broken; read by those who pass */
static struct mmuw_plant *planted;	/* it, or, when it was stopped, what is to be ended yet */
static struct mmuw_plant *newest;	/* of the session: it, or the last one that was */
/*
 * To its function; it, or the last one that was: the next scenario mostly plants it again, and
 * to patch a function and to wait until nobody is in it takes longer than many a scenario.
 */
static struct mmuw_plant *attached;
static bool every_vm;			/* the active one is for every VM */

static void hit(struct mmuw_plant *p, u16 vm, u64 arg)
{
	struct mmuw_plant_event e = { .name = p->name, .vm = vm, .arg = arg };

	atomic64_inc(&p->hits);
	if (!READ_ONCE(every_vm))
		mmuw_emit(plant, &e);
}

static bool concerns(const struct kvm *kvm)
{
	return kvm && (READ_ONCE(every_vm) || mmuw_vm_id(kvm));
}

static struct kvm *kvm_of(const struct mmuw_plant *p, const unsigned long *arg)
{
	return p->kvm_of ? p->kvm_of(arg) : mmuw_context_kvm();
}

/* Where a skipped function returns from at once: false, 0 or void. */
static notrace unsigned long skipped(void)
{
	return 0;
}

static void on_function(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			struct ftrace_regs *fregs)
{
	unsigned long arg[MMUW_PLANT_ARGS];
	enum mmuw_plant_act act;
	struct mmuw_plant *p;
	struct kvm *kvm;
	unsigned int i;

	for (i = 0; i < MMUW_PLANT_ARGS; i++)
		arg[i] = mmuw_fregs_argument(fregs, i);
	rcu_read_lock();
	p = READ_ONCE(active);
	kvm = p ? kvm_of(p, arg) : NULL;
	act = concerns(kvm) ? p->on_call(p, kvm, arg) : MMUW_PLANT_LEAVE;
	if (act != MMUW_PLANT_LEAVE)
		hit(p, mmuw_vm_id(kvm), 0);
	if (act == MMUW_PLANT_SKIP)
		mmuw_fregs_set_ip(fregs, (unsigned long)skipped);
	else if (act == MMUW_PLANT_REDIRECT)
		mmuw_fregs_set_ip(fregs, p->redirect);
	if (act == MMUW_PLANT_SKIP || act == MMUW_PLANT_REDIRECT)
		mmuw_redirected(ip);
	rcu_read_unlock();
}

struct frame {
	struct kvm *kvm;
	unsigned long arg[MMUW_PLANT_ARGS];
};

static int on_enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct frame *f = (struct frame *)ri->data;
	struct mmuw_plant *p;
	unsigned int i;

	for (i = 0; i < MMUW_PLANT_ARGS; i++)
		f->arg[i] = regs_get_kernel_argument(regs, i);
	rcu_read_lock();
	p = READ_ONCE(active);
	f->kvm = p ? kvm_of(p, f->arg) : NULL;
	if (!concerns(f->kvm))
		f->kvm = NULL;
	rcu_read_unlock();
	return f->kvm ? 0 : 1;
}

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct frame *f = (struct frame *)ri->data;
	unsigned long ret = regs_return_value(regs);
	struct mmuw_plant *p;

	rcu_read_lock();
	p = READ_ONCE(active);
	/* Only compared before: a session, or the function's caller, holds its VM. */
	if (p && concerns(f->kvm) && p->on_return(p, f->kvm, f->arg, &ret)) {
		hit(p, mmuw_vm_id(f->kvm), 0);
		regs_set_return_value(regs, ret);
	}
	rcu_read_unlock();
	return 0;
}

static struct ftrace_ops call_ops;
static struct kretprobe return_probe;

static int attach_call(struct mmuw_plant *p)
{
	unsigned long address;
	unsigned int i;
	int err;

	/* Anew each time: ftrace_free_filter() leaves dangling pointers in it. */
	call_ops = (struct ftrace_ops){
		.func = on_function,
		.flags = MMUW_FTRACE_FLAGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
	};
	err = ftrace_set_filter_ip(&call_ops, mmuw_patch_site(p->address), 0, 1);
	for (i = 0; !err && p->all && i < ARRAY_SIZE(p->symbols) && p->symbols[i]; i++) {
		address = mmuw_symbol_address(p->symbols[i]);
		if (address)
			err = ftrace_set_filter_ip(&call_ops, mmuw_patch_site(address), 0, 0);
	}
	if (!err)
		err = register_ftrace_function(&call_ops);
	if (err)
		ftrace_free_filter(&call_ops);
	return err;
}

static int attach_return(struct mmuw_plant *p)
{
	return_probe = (struct kretprobe){
		.kp.addr = (kprobe_opcode_t *)p->address,
		.entry_handler = on_enter,
		.handler = on_return,
		.data_size = sizeof(struct frame),
		.maxactive = 64,
	};
	return register_kretprobe(&return_probe);
}

/* Finds what the plant breaks; error: this kernel has no place for it. */
static int resolve(struct mmuw_plant *p)
{
	unsigned int i;

	p->symbol = NULL;
	p->redirect = 0;
	/* Whose VM a call is for is known of KVM's only. */
	if (p->symbols[0] && mmu == MMUWITNESS_MMU_REFERENCE)
		return -EOPNOTSUPP;
	if (p->not_with && mmuw_symbol_address(p->not_with))
		return -EOPNOTSUPP;
	if (p->only_with && !mmuw_symbol_address(p->only_with))
		return -EOPNOTSUPP;
	if (!p->symbols[0])
		return 0;
	for (i = 0; i < ARRAY_SIZE(p->symbols) && p->symbols[i]; i++) {
		p->address = mmuw_symbol_address(p->symbols[i]);
		if (!p->address)
			continue;
		p->symbol = p->symbols[i];
		if (p->instead[i]) {
			p->redirect = mmuw_symbol_address(p->instead[i]);
			return p->redirect ? 0 : -EOPNOTSUPP;
		}
		return 0;
	}
	return -EOPNOTSUPP;
}

static void detach(void)
{
	struct mmuw_plant *p = attached;

	attached = NULL;
	if (!p || !p->symbol)
		return;
	if (p->on_return) {
		unregister_kretprobe(&return_probe);
	} else {
		unregister_ftrace_function(&call_ops);
		ftrace_free_filter(&call_ops);
	}
}

static int attach(struct mmuw_plant *p)
{
	int err;

	if (p == attached)
		return 0;
	detach();
	err = resolve(p);
	if (!err && p->symbol)
		err = p->on_return ? attach_return(p) : attach_call(p);
	if (!err)
		attached = p;
	return err;
}

/* A hit of a plant at a point: for witnessed VMs and files, or, of faults, for every VM. */
static void passed(enum mmuw_point point, const struct mmuw_passage *passage)
{
	struct mmuw_plant *p = READ_ONCE(active);
	struct mmuw_context *ctx = mmuw_context();
	struct kvm *kvm;

	if (point == MMUW_POINT_INVALIDATE_END) /* whatever is planted by now */
		mmuw_plant_settle_early_end();
	if (point == MMUW_POINT_FAULT_BEGIN && ctx && ctx->vcpu)
		mmuw_plant_give_up_copy(ctx->vcpu->kvm, passage->where);
	if (!p)
		return;
	switch (point) {
	case MMUW_POINT_WRITEBACK_START:
		if (p->writeback_start && p->writeback_start(passage->folio))
			hit(p, 0, passage->where);
		break;
	case MMUW_POINT_WRITEBACK_END:
		if (p->writeback_end && p->writeback_end(passage->folio))
			hit(p, 0, passage->where);
		break;
	case MMUW_POINT_INVALIDATE_STARTED:
		kvm = mmuw_context_kvm();
		if (kvm && p->invalidate_started && p->invalidate_started(kvm))
			hit(p, mmuw_vm_id(kvm), 0);
		break;
	case MMUW_POINT_INVALIDATE_END:
		if (p->invalidate_ending && p->invalidate_ending())
			hit(p, 0, 0);
		break;
	case MMUW_POINT_INVALIDATE_ENDED:
		if (p->invalidate_ended && p->invalidate_ended())
			hit(p, 0, 0);
		break;
	case MMUW_POINT_FAULT_END:
		if (ctx && ctx->vcpu && p->fault_end &&
		    p->fault_end(ctx->vcpu, passage->where, ctx->fault_write))
			hit(p, mmuw_vm_id(ctx->vcpu->kvm), passage->where);
		break;
	default:
		break;
	}
}

/* Of a VM that nobody witnesses. */
static void fault_ended(void)
{
	const struct mmuw_context *ctx = mmuw_context();
	struct mmuw_passage passage = { .where = ctx->fault_gfn, .count = 1 };

	rcu_read_lock();
	passed(MMUW_POINT_FAULT_END, &passage);
	rcu_read_unlock();
}

static void stop(void)
{
	WRITE_ONCE(active, NULL);
}

/* What it breaks is only there for files and the mm under test, between a session's notifiers. */
static bool session_only(const struct mmuw_plant *p)
{
	return p->session || p->writeback_start || p->writeback_end || p->invalidate_started ||
	       p->invalidate_ending || p->invalidate_ended;
}

static int set(struct mmuw_plant *p, bool every)
{
	int err;

	if (every && session_only(p))
		return -EXDEV;
	atomic64_set(&p->calls, 0);
	atomic64_set(&p->hits, 0);
	err = mmuw_keep_ftrace_on();
	if (err)
		return err;
	err = every ? mmuw_every_vm_attach(p->faults || p->fault_end ? fault_ended : NULL) : 0;
	if (!err)
		err = attach(p);
	if (!err && p->begin)
		err = p->begin(p);
	if (err) {
		mmuw_every_vm_detach();
		return err;
	}
	WRITE_ONCE(every_vm, every);
	WRITE_ONCE(planted, p);
	WRITE_ONCE(newest, p);
	WRITE_ONCE(active, p);
	if (session_only(p) || p->fault_end)
		mmuw_subscribe(MMUW_SUBSCRIBER_PLANTS, passed);
	return 0;
}

/* The reference MMU breaks itself where it is told to. */
static bool breaks(enum mmuw_break what, u16 vm)
{
	struct mmuw_plant *p = READ_ONCE(active);

	if (!p || p != &all->reference[0][what])
		return false;
	if (what == MMUW_BREAK_MARK_ONE_IN_64 && atomic64_inc_return(&p->calls) % 64)
		return false;
	hit(p, vm, 0);
	return true;
}

static bool is_set(void)
{
	return READ_ONCE(planted);
}

static bool has_broken(const char *symbol)
{
	const struct mmuw_plant *p = READ_ONCE(newest);
	bool broken = false;
	unsigned int i;

	for (i = 0; p && i < ARRAY_SIZE(p->symbols) && p->symbols[i]; i++)
		broken |= !strcmp(p->symbols[i], symbol);
	return broken;
}

static void session_starts(void)
{
	/* A plant's ops has to be newer than the witness', see redirect.h. */
	detach();
	WRITE_ONCE(newest, NULL);
}

static void vm_forgotten(void)
{
	mmuw_plant_wait_settled();
	mmuw_plant_give_up_copies();
}

static bool is_called(const struct mmuw_plant *p, const char *name)
{
	return !strcmp(p->name, name);
}

static void clear(void)
{
	struct mmuw_plant *p = planted;

	if (!p)
		return;
	stop();
	mmuw_every_vm_detach();
	synchronize_rcu();
	/* While the points are watched: what is owed is settled there. */
	mmuw_plant_wait_settled();
	mmuw_plant_give_up_copies();
	mmuw_subscribe(MMUW_SUBSCRIBER_PLANTS, NULL);
	WRITE_ONCE(every_vm, false);
	WRITE_ONCE(planted, NULL);
	if (p->end)
		p->end(p);
}

static int set_by_name(const char *name, enum mmuwitness_mmu of, bool every)
{
	struct mmuw_plant *const *t;
	struct mmuw_plant *p = planted;

	/* Once more, and nobody has come by yet: it is as new. */
	if (p && p == newest && p == READ_ONCE(active) && is_called(p, name) && every == every_vm &&
	    !atomic64_read(&p->calls) && !atomic64_read(&p->hits))
		return 0;
	clear();
	mmu = of;
	for_each_plant(p, t)
		if (is_called(p, name))
			return set(p, every);
	return -ENOENT;
}

static void session_ends(void)
{
	clear();
	mmuw_every_vm_detach();
	detach();
	mmuw_let_ftrace_off();
	mmu = MMUWITNESS_MMU_KVM;
}

/* Calls that it was not told of: "hit 0 times" says nothing then. */
static u64 missed(const struct mmuw_plant *p)
{
	u64 n = 0;

	if (p != planted)
		return 0;
	if (p->symbol && p->on_return)
		n += return_probe.nmissed + return_probe.kp.nmissed;
	if (every_vm)
		n += mmuw_every_vm_missed();
	return n;
}

static int info(struct mmuwitness_plant_info *info, enum mmuwitness_mmu of)
{
	struct mmuw_plant *const *t;
	struct mmuw_plant *p;
	unsigned int i = 0;

	if (!planted)
		mmu = of;
	for_each_plant(p, t) {
		if (i++ != info->index)
			continue;
		info->available = p == attached || !resolve(p);
		info->hits = atomic64_read(&p->hits);
		info->missed = missed(p);
		strscpy(info->name, p->name, sizeof(info->name));
		strscpy(info->what, p->what, sizeof(info->what));
		strscpy(info->origin, p->origin, sizeof(info->origin));
		return 0;
	}
	return -ENOENT;
}

static const struct mmuw_breaker breaker = {
	.owner = THIS_MODULE,
	.set = set_by_name, .clear = clear, .info = info, .is_set = is_set,
	.session_starts = session_starts, .vm_forgotten = vm_forgotten,
	.session_ends = session_ends, .stop = stop,
	.has_broken = has_broken, .breaks = breaks,
};

int mmuw_plants_register(const struct mmuw_plant_tables *tables)
{
	all = tables;
	return mmuw_breaker_register(&breaker);
}

void mmuw_plants_unregister(void)
{
	mmuw_breaker_unregister();
}
