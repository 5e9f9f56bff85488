// SPDX-License-Identifier: GPL-2.0-only
/*
 * A held task spins: hooks run where nobody may sleep. So a hold is bounded, and
 * short of what any watchdog minds (a stall is seconds, MMUWITNESS_MAX_HOLD_US
 * is one).
 */
#include "gate.h"

#include <linux/irq_work.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "emit.h"

enum { OFF, ARMED, CLAIMED, HOLDING, SPENT, CLOSING };

struct gate {
	struct mmuwitness_gate spec;	/* changed only while OFF or SPENT: nobody enters then */
	int state;
	u64 hold, passed;		/* the number of this one, of the last that saw `until` */
	u64 held, won, timed_out, held_ns;
};

static struct gate gates[MMUWITNESS_MAX_GATES];
bool mmuw_gates_set;

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

static void emit(struct gate *g, u8 phase, const struct mmuw_passage *p, u64 held_ns)
{
	struct mmuw_gate_event e = {
		.id = g - gates + 1, .phase = phase, .point = g->spec.hold.point,
		.vm = p->vm, .vcpu = p->vcpu, .held_ns = held_ns,
	};

	mmuw_emit(gate, &e);
}

static void hold(struct gate *g, const struct mmuw_passage *p)
{
	u64 begin = ktime_get_mono_fast_ns(), now = begin;
	u64 end = begin + (u64)g->spec.timeout_us * NSEC_PER_USEC;
	u8 phase;

	emit(g, MMUWITNESS_GATE_HELD, p, 0);
	irq_work_queue(&held_work);
	while (READ_ONCE(g->passed) != g->hold && READ_ONCE(g->state) == HOLDING && now < end) {
		cpu_relax();
		now = ktime_get_mono_fast_ns();
	}
	phase = READ_ONCE(g->passed) == g->hold ? MMUWITNESS_GATE_WON :
		READ_ONCE(g->state) == HOLDING ? MMUWITNESS_GATE_TIMED_OUT : MMUWITNESS_GATE_CLOSED;
	g->won += phase == MMUWITNESS_GATE_WON;
	g->timed_out += phase == MMUWITNESS_GATE_TIMED_OUT;
	g->held_ns += now - begin;
	emit(g, phase, p, now - begin);
	/* Unless it is being cleared, it goes on as it was asked to. */
	cmpxchg_release(&g->state, HOLDING,
			g->spec.holds && g->held >= g->spec.holds ? SPENT : ARMED);
}

void __mmuw_pass(enum mmuw_point point, const struct mmuw_passage *p)
{
	struct gate *g;

	rcu_read_lock();
	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++)
		if (smp_load_acquire(&g->state) == HOLDING && matches(&g->spec.until, point, p))
			WRITE_ONCE(g->passed, READ_ONCE(g->hold));
	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++) {
		if (READ_ONCE(g->state) != ARMED || !matches(&g->spec.hold, point, p))
			continue;
		/* One task at a time; whoever comes meanwhile goes through. */
		if (cmpxchg(&g->state, ARMED, CLAIMED) != ARMED)
			continue;
		WRITE_ONCE(g->hold, g->hold + 1);
		if (cmpxchg(&g->state, CLAIMED, HOLDING) != CLAIMED)
			continue;	/* it is being cleared */
		g->held++;
		hold(g, p);
	}
	rcu_read_unlock();
}

static bool is_valid(const struct mmuwitness_pass *p)
{
	return p->vm <= MMUWITNESS_MAX_VMS && p->file <= MMUWITNESS_MAX_FILES &&
	       p->vcpu >= MMUWITNESS_ANY_VCPU;
}

static int check(const struct mmuwitness_gate *arg)
{
	int err;

	if (arg->reserved || !arg->timeout_us || arg->timeout_us > MMUWITNESS_MAX_HOLD_US ||
	    !is_valid(&arg->hold) || !is_valid(&arg->until))
		return -EINVAL;
	err = mmuw_point_use(arg->hold.point);
	return err ?: mmuw_point_use(arg->until.point);
}

int mmuw_gate_set(struct mmuwitness_gate *arg)
{
	struct gate *g;
	int err = check(arg);

	if (err)
		return err;
	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++) {
		if (g->state != OFF)
			continue;
		*g = (struct gate){ .spec = *arg };
		arg->id = g - gates + 1;
		smp_store_release(&g->state, ARMED);
		WRITE_ONCE(mmuw_gates_set, true);
		return 0;
	}
	return -ENOSPC;
}

static struct gate *gate_of(const struct mmuwitness_gate *arg)
{
	struct gate *g = &gates[arg->id - 1];

	return arg->id && arg->id <= MMUWITNESS_MAX_GATES && READ_ONCE(g->state) != OFF ? g : NULL;
}

/* A pass that is compared just now may still take what was asked before: a hold like another. */
int mmuw_gate_arm(struct mmuwitness_gate *arg)
{
	struct gate *g = gate_of(arg);
	int state, err = g ? check(arg) : -ENOENT;

	if (err)
		return err;
	/* One that nobody came to is taken back first. */
	state = cmpxchg(&g->state, ARMED, SPENT);
	if (state == CLAIMED || state == HOLDING)
		return -EBUSY;
	g->spec = *arg;
	if (arg->holds)
		g->spec.holds += g->held;
	smp_store_release(&g->state, ARMED);
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
	WRITE_ONCE(g->state, CLOSING);
	synchronize_rcu();		/* nobody is held by it, or looks at it, any more */
	g->state = OFF;
}

static void update_gates_set(void)
{
	struct gate *g;
	bool any = false;

	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++)
		any |= g->state != OFF;
	WRITE_ONCE(mmuw_gates_set, any);
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
	update_gates_set();
	return 0;
}

void mmuw_gates_clear(void)
{
	struct gate *g;

	for (g = gates; g < gates + MMUWITNESS_MAX_GATES; g++)
		if (g->state != OFF)
			clear(g);
	update_gates_set();
	irq_work_sync(&held_work);
}

int mmuw_gate_wait(struct mmuwitness_gate *arg)
{
	u64 end = ktime_get_mono_fast_ns() + (u64)arg->timeout_us * NSEC_PER_USEC;
	struct gate *g = gate_of(arg);
	u64 held;

	if (!g || arg->timeout_us > 60 * USEC_PER_SEC)
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
