// SPDX-License-Identifier: GPL-2.0-only
/* The plant engine: which plant is active, and how a function is broken. */
#include "plant.h"

#include <linux/ftrace.h>

#include "context.h"
#include "emit.h"
#include "every_vm.h"
#include "fregs.h"
#include "redirect.h"
#include "session.h"
#include "symbol.h"

static struct mmuw_plant *const kvm_tables[] = {
	mmuw_plants_kvm, mmuw_plants_folio, mmuw_plants_fault,
	mmuw_plants_mm, mmuw_plants_arch, NULL
};
static struct mmuw_plant *const reference_tables[] = {
	mmuw_plants_ref, mmuw_plants_folio, NULL
};

/* By the session's MMU; without a session it is KVM. */
static struct mmuw_plant *const *tables(void)
{
	return mmuw_session_mmu() == MMUWITNESS_MMU_REFERENCE ? reference_tables : kvm_tables;
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

void mmuw_plant_hit(struct mmuw_plant *p, u16 vm, u64 arg)
{
	atomic64_inc(&p->hits);
	if (!READ_ONCE(every_vm))
		mmuw_emit(plant, vm, arg, p->name);
}

static bool concerns(const struct kvm *kvm)
{
	return kvm && (READ_ONCE(every_vm) || mmuw_vm_id(kvm));
}

struct kvm *mmuw_plant_kvm_first(const unsigned long *arg)
{
	return (struct kvm *)arg[0];
}

struct kvm *mmuw_plant_vcpu_first(const unsigned long *arg)
{
	return ((struct kvm_vcpu *)arg[0])->kvm;
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
	act = concerns(kvm) ? p->on_call(p, kvm, arg) : MMUW_PLANT_PASS;
	if (act != MMUW_PLANT_PASS)
		mmuw_plant_hit(p, mmuw_vm_id(kvm), 0);
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
		mmuw_plant_hit(p, mmuw_vm_id(f->kvm), 0);
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
	err = ftrace_set_filter_ip(&call_ops, p->address, 0, 1);
	for (i = 0; !err && p->all && i < ARRAY_SIZE(p->symbols) && p->symbols[i]; i++) {
		address = mmuw_symbol_address(p->symbols[i]);
		if (address)
			err = ftrace_set_filter_ip(&call_ops, address, 0, 0);
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
	if (p->symbols[0] && mmuw_session_mmu() == MMUWITNESS_MMU_REFERENCE)
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
	err = every ? mmuw_every_vm_attach(p->faults || p->fault_end) : 0;
	if (!err)
		err = attach(p);
	if (!err && p->begin)
		err = p->begin(p);
	if (err) {
		mmuw_every_vm_detach();
		return err;
	}
	WRITE_ONCE(every_vm, every);
	planted = p;
	WRITE_ONCE(newest, p);
	WRITE_ONCE(active, p);
	return 0;
}

bool mmuw_plant_hits(struct mmuw_plant *p, u16 vm)
{
	if (READ_ONCE(active) != p)
		return false;
	mmuw_plant_hit(p, vm, 0);
	return true;
}

bool mmuw_plant_is_set(void)
{
	return planted;
}

bool mmuw_plant_has_broken(const char *symbol)
{
	const struct mmuw_plant *p = READ_ONCE(newest);
	bool broken = false;
	unsigned int i;

	for (i = 0; p && i < ARRAY_SIZE(p->symbols) && p->symbols[i]; i++)
		broken |= !strcmp(p->symbols[i], symbol);
	return broken;
}

void mmuw_plant_session_starts(void)
{
	/* A plant's ops has to be newer than the witness', see redirect.h. */
	detach();
	WRITE_ONCE(newest, NULL);
}

int mmuw_plant_set(const char *name, bool every)
{
	struct mmuw_plant *const *t;
	struct mmuw_plant *p = planted;

	/* Once more, and nobody has come by yet: it is as new. */
	if (p && p == newest && p == READ_ONCE(active) && !strcmp(p->name, name) && every == every_vm &&
	    !atomic64_read(&p->calls) && !atomic64_read(&p->hits))
		return 0;
	mmuw_plant_clear();
	for_each_plant(p, t)
		if (!strcmp(p->name, name))
			return set(p, every);
	return -ENOENT;
}

void mmuw_plant_stop(void)
{
	WRITE_ONCE(active, NULL);
}

void mmuw_plant_clear(void)
{
	struct mmuw_plant *p = planted;

	if (!p)
		return;
	mmuw_plant_stop();
	mmuw_every_vm_detach();
	synchronize_rcu();
	WRITE_ONCE(every_vm, false);
	planted = NULL;
	if (p->end)
		p->end(p);
}

void mmuw_plant_session_ends(void)
{
	mmuw_plant_clear();
	mmuw_every_vm_detach();
	detach();
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

int mmuw_plant_info(struct mmuwitness_plant_info *info)
{
	struct mmuw_plant *const *t;
	struct mmuw_plant *p;
	unsigned int i = 0;

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

/* Callers hold rcu_read_lock() or are in a notifier: take it ourselves. */
#define call_active(place, vm, key, ...)				\
	do {								\
		struct mmuw_plant *__p;					\
									\
		rcu_read_lock();					\
		__p = READ_ONCE(active);				\
		if (__p && __p->place && __p->place(__VA_ARGS__))	\
			mmuw_plant_hit(__p, vm, key);			\
		rcu_read_unlock();					\
	} while (0)

void mmuw_plant_writeback_start(struct folio *folio)
{
	call_active(writeback_start, 0, folio->index, folio);
}

void mmuw_plant_writeback_end(struct folio *folio)
{
	call_active(writeback_end, 0, folio->index, folio);
}

void mmuw_plant_invalidate_started(void)
{
	struct kvm *kvm = mmuw_context_kvm();

	if (kvm)
		call_active(invalidate_started, mmuw_vm_id(kvm), 0, kvm);
}

void mmuw_plant_invalidate_ending(void)
{
	/* Whatever is planted by now: the arithmetic of KVM's own end depends on it. */
	mmuw_plant_settle_early_end();
	call_active(invalidate_ending, 0, 0);
}

void mmuw_plant_invalidate_ended(void)
{
	call_active(invalidate_ended, 0, 0);
}

void mmuw_plant_fault_end(struct kvm_vcpu *vcpu, gfn_t gfn, bool write)
{
	call_active(fault_end, mmuw_vm_id(vcpu->kvm), gfn, vcpu, gfn, write);
}
