// SPDX-License-Identifier: GPL-2.0-only
/*
 * A held task spins: hooks run where nobody may sleep. So a hold is bounded, short of
 * what any watchdog minds (a stall is ten seconds, MMUWITNESS_MAX_HOLD_US is one). And
 * so is what may add up in one stretch of work that does not schedule, a completion of
 * 256 folios in an interrupt say: when all gates have held for that long, none begins
 * a hold before an RCU grace period is over, and none is over while a CPU is in such a
 * stretch. That is four seconds at worst: one hold that was begun in time may be on
 * top, and a grace period that began before the stretch may end within it.
 */
#include "gates/gate.h"

#include <linux/irq_work.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "witness/emit.h"

enum { OFF, ARMED, CLAIMED, HOLDING, SPENT, CLOSING };

/* What was asked for; replaced as a whole, so that nobody compares with half of it. */
struct spec {
	struct rcu_head rcu;
	struct mmuwitness_pass hold, until;
	u64 timeout_ns;
	u64 last;			/* the number of the last hold, 0: any number of them */
};

struct gate {
	struct spec __rcu *spec;	/* NULL: OFF */
	int state;
	u64 hold, passed;		/* the number of this one, of the last that saw `until` */
	u64 held, won, timed_out, held_ns;
};

static struct gate gates[MMUWITNESS_MAX_GATES];

/* Whoever waits for a hold to begin. Hooks run where nothing may be woken up directly. */
static DECLARE_WAIT_QUEUE_HEAD(waiters);

static void wake_waiters(struct irq_work *work)
{
	wake_up_all(&waiters);
}

static struct irq_work held_work = IRQ_WORK_INIT(wake_waiters);

static bool matches(const struct mmuwitness_pass *want, enum mmuw_point point,
		    const struct mmuw_passage *p)
{
	if (want->point != point)
		return false;
	if ((want->vm && want->vm != p->vm) || (want->file && want->file != p->file))
		return false;
	if (want->vcpu != MMUWITNESS_ANY_VCPU && want->vcpu != p->vcpu)
		return false;
	return want->where == MMUWITNESS_ANYWHERE || want->where - p->where < p->count;
}

static void emit(struct gate *g, const struct spec *spec, u8 phase, const struct mmuw_passage *p,
		 u64 held_ns)
{
	struct mmuw_gate_event e = {
		.id = g - gates + 1, .phase = phase, .point = spec->hold.point,
		.vm = p->vm, .vcpu = p->vcpu, .held_ns = held_ns,
	};

	mmuw_emit(gate, &e);
}

static atomic64_t held_lately;		/* ns, by all gates, since a grace period ended */
static struct rcu_head grace_period;
static int waits_for_grace_period;

static void grace_period_ended(struct rcu_head *head)
{
	atomic64_set(&held_lately, 0);
	smp_store_release(&waits_for_grace_period, 0);
}

static void count_held(u64 ns)
{
	atomic64_add(ns, &held_lately);
	if (!cmpxchg(&waits_for_grace_period, 0, 1))
		call_rcu(&grace_period, grace_period_ended);
}

static bool held_too_long(void)
{
	return atomic64_read(&held_lately) >= (s64)MMUWITNESS_MAX_HOLD_US * NSEC_PER_USEC;
}

static void hold(struct gate *g, const struct spec *spec, const struct mmuw_passage *p)
{
	u64 begin = ktime_get_mono_fast_ns(), now = begin, end = begin + spec->timeout_ns;
	u8 phase;

	emit(g, spec, MMUWITNESS_GATE_HELD, p, 0);
	irq_work_queue(&held_work);
	while (READ_ONCE(g->passed) != g->hold && READ_ONCE(g->state) == HOLDING && now < end) {
		cpu_relax();
		now = ktime_get_mono_fast_ns();
	}
	phase = READ_ONCE(g->passed) == g->hold ? MMUWITNESS_GATE_WON :
		READ_ONCE(g->state) == HOLDING ? MMUWITNESS_GATE_TIMED_OUT : MMUWITNESS_GATE_CLOSED;
	WRITE_ONCE(g->won, g->won + (phase == MMUWITNESS_GATE_WON));
	WRITE_ONCE(g->timed_out, g->timed_out + (phase == MMUWITNESS_GATE_TIMED_OUT));
	WRITE_ONCE(g->held_ns, g->held_ns + now - begin);
	count_held(now - begin);
	emit(g, spec, phase, p, now - begin);
	/* Unless it is being cleared, it goes on as it was asked to. */
	cmpxchg_release(&g->state, HOLDING, spec->last && g->held >= spec->last ? SPENT : ARMED);
}

/* Opens a hold that is waiting for this. The one that it has seen, and none that comes after it. */
static void open(struct gate *g, enum mmuw_point point, const struct mmuw_passage *p)
{
	u64 n = smp_load_acquire(&g->hold), passed;
	const struct spec *spec = rcu_dereference(g->spec);

	if (READ_ONCE(g->state) != HOLDING || !spec || !matches(&spec->until, point, p))
		return;
	do {
		passed = READ_ONCE(g->passed);
	} while (passed < n && cmpxchg64(&g->passed, passed, n) != passed);
}

static void stop(struct gate *g, enum mmuw_point point, const struct mmuw_passage *p)
{
	const struct spec *spec;

	if (READ_ONCE(g->state) != ARMED)
		return;
	spec = rcu_dereference(g->spec);
	if (!spec || !matches(&spec->hold, point, p) || held_too_long())
		return;
	/* One task at a time; whoever comes meanwhile goes through. */
	if (cmpxchg(&g->state, ARMED, CLAIMED) != ARMED)
		return;
	/* Armed anew meanwhile, for something else? */
	if (rcu_access_pointer(g->spec) != spec) {
		cmpxchg_release(&g->state, CLAIMED, ARMED);
		return;
	}
	WRITE_ONCE(g->hold, g->hold + 1);
	if (cmpxchg(&g->state, CLAIMED, HOLDING) != CLAIMED)
		return;		/* it is being cleared */
	WRITE_ONCE(g->held, g->held + 1);
	hold(g, spec, p);
}

static void passed(enum mmuw_point point, const struct mmuw_passage *p)
{
	struct gate *g;

	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++)
		open(g, point, p);
	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++)
		stop(g, point, p);
}

static int check_pass(const struct mmuwitness_pass *p)
{
	enum mmuwitness_where where;
	int err = mmuw_point_use(p->point, &where);

	if (err)
		return err;
	if (p->vm > MMUWITNESS_MAX_VMS || p->file > MMUWITNESS_MAX_FILES ||
	    p->vcpu < MMUWITNESS_ANY_VCPU || p->vcpu > S16_MAX ||
	    (where == MMUWITNESS_WHERE_NOTHING && p->where != MMUWITNESS_ANYWHERE))
		return -EINVAL;
	return 0;
}

static int check(const struct mmuwitness_gate *arg)
{
	int err;

	if (arg->reserved || !arg->timeout_us || arg->timeout_us > MMUWITNESS_MAX_HOLD_US)
		return -EINVAL;
	err = check_pass(&arg->hold);
	return err ?: check_pass(&arg->until);
}

/* Of a gate that nobody enters just now. */
static int set_spec(struct gate *g, const struct mmuwitness_gate *arg)
{
	struct spec *spec = kzalloc(sizeof(*spec), GFP_KERNEL), *old;

	if (!spec)
		return -ENOMEM;
	spec->hold = arg->hold;
	spec->until = arg->until;
	spec->timeout_ns = (u64)arg->timeout_us * NSEC_PER_USEC;
	spec->last = arg->holds ? g->held + arg->holds : 0;
	old = rcu_replace_pointer(g->spec, spec, true);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

int mmuw_gate_set(struct mmuwitness_gate *arg)
{
	struct gate *g;
	int err = check(arg);

	if (err)
		return err;
	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++) {
		if (READ_ONCE(g->state) != OFF)
			continue;
		/* hold and passed go on: numbers of holds are never used twice. */
		g->held = g->won = g->timed_out = g->held_ns = 0;
		err = set_spec(g, arg);
		if (err)
			return err;
		arg->id = g - gates + 1;
		smp_store_release(&g->state, ARMED);
		mmuw_subscribe(MMUW_SUBSCRIBER_GATES, passed);
		return 0;
	}
	return -ENOSPC;
}

static struct gate *gate_of(const struct mmuwitness_gate *arg)
{
	if (!arg->id || arg->id > MMUWITNESS_MAX_GATES)
		return NULL;
	return READ_ONCE(gates[arg->id - 1].state) != OFF ? &gates[arg->id - 1] : NULL;
}

int mmuw_gate_arm(struct mmuwitness_gate *arg)
{
	struct gate *g = gate_of(arg);
	int state, err = g ? check(arg) : -ENOENT;

	if (err)
		return err;
	/* One that nobody came to is taken back first; who looks at it just now decides at once. */
	while ((state = cmpxchg(&g->state, ARMED, SPENT)) == CLAIMED)
		cond_resched();
	if (state != ARMED && state != SPENT)
		return -EBUSY;
	err = set_spec(g, arg);
	if (err)
		return err;
	cmpxchg_release(&g->state, SPENT, ARMED);
	return 0;
}

static void report(const struct gate *g, struct mmuwitness_gate *arg)
{
	arg->held = READ_ONCE(g->held);
	arg->won = READ_ONCE(g->won);
	arg->timed_out = READ_ONCE(g->timed_out);
	arg->held_ns = READ_ONCE(g->held_ns);
}

static void clear(struct gate *g)
{
	struct spec *spec;

	WRITE_ONCE(g->state, CLOSING);
	spec = rcu_replace_pointer(g->spec, NULL, true);
	synchronize_rcu_expedited();	/* nobody is held by it, or looks at it, any more */
	kfree(spec);
	WRITE_ONCE(g->state, OFF);
}

static void unsubscribe_if_unused(void)
{
	struct gate *g;
	bool any = false;

	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++)
		any |= READ_ONCE(g->state) != OFF;
	if (!any)
		mmuw_subscribe(MMUW_SUBSCRIBER_GATES, NULL);
}

int mmuw_gate_state(struct mmuwitness_gate *arg)
{
	struct gate *g = gate_of(arg);

	if (!g)
		return -ENOENT;
	report(g, arg);
	return 0;
}

int mmuw_gate_clear(const struct mmuwitness_gate *arg)
{
	struct gate *g = gate_of(arg);

	if (!g)
		return -ENOENT;
	clear(g);
	unsubscribe_if_unused();
	return 0;
}

void mmuw_gates_open(void)
{
	struct gate *g;
	int state;

	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++) {
		do {
			state = READ_ONCE(g->state);
		} while (state != OFF && cmpxchg(&g->state, state, CLOSING) != state);
	}
}

void mmuw_gates_clear(void)
{
	struct gate *g;

	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++)
		if (READ_ONCE(g->state) != OFF)
			clear(g);
	unsubscribe_if_unused();
	irq_work_sync(&held_work);
}

void mmuw_gates_exit(void)
{
	rcu_barrier();		/* grace_period_ended() has run */
}

int mmuw_gate_wait(struct mmuwitness_gate *arg)
{
	u64 end = ktime_get_mono_fast_ns() + (u64)arg->timeout_us * NSEC_PER_USEC;
	struct gate *g = gate_of(arg);
	u64 held;

	if (!g || arg->timeout_us > MMUWITNESS_MAX_WAIT_US)
		return g ? -EINVAL : -ENOENT;
	held = arg->held;
	while (READ_ONCE(g->held) <= held) {
		if (gate_of(arg) != g)
			return -ENOENT;
		if (signal_pending(current))
			return -EINTR;
		if (ktime_get_mono_fast_ns() >= end)
			return -ETIMEDOUT;
		/* A holder with interrupts off wakes nobody: then it is seen at the next tick. */
		wait_event_interruptible_timeout(waiters, READ_ONCE(g->held) > held, 1);
	}
	report(g, arg);
	return 0;
}
