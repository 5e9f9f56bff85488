// SPDX-License-Identifier: GPL-2.0-only
#include "witness/hook.h"

#include <linux/ftrace.h>

#include "witness/context.h"
#include "witness/fregs.h"
#include "witness/returns.h"
#include "witness/symbol.h"

static const struct mmuw_hook_set *first, *set;
static bool attached;

#define for_each_hook(h, t)						\
	for (t = 0; t < set->count; t++)				\
		for (h = set->tables[t]; h->name; h++)

#define for_each_tracepoint_hook(p, t)					\
	for (t = 0; t < set->tracepoint_count; t++)			\
		for (p = set->tracepoints[t]; p->name; p++)

/*
 * Which hook is at which patched call, and for where the call is, which of them it was
 * the last time: the whole machine's calls of these functions are looked up here.
 */
#define MAX_ENTRIES 32
static struct entry {
	unsigned long address;
	struct mmuw_hook *hook;
} entries[MAX_ENTRIES];
static unsigned int entry_count;
static struct entry *last_entry[128];

/* ip is that of the patched call, past an ENDBR or BTI. */
static struct mmuw_hook *hook_at(unsigned long ip)
{
	struct entry **last = &last_entry[ip / 16 % ARRAY_SIZE(last_entry)], *e = READ_ONCE(*last);

	if (e && ip - e->address < MMUW_MAX_PROLOGUE)
		return e->hook;
	for (e = entries; e < &entries[entry_count]; e++) {
		if (ip - e->address >= MMUW_MAX_PROLOGUE)
			continue;
		WRITE_ONCE(*last, e);
		return e->hook;
	}
	return NULL;
}

static void on_function(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct mmuw_hook *h = hook_at(ip);
	unsigned long arg[MMUW_HOOK_ARGS];
	struct mmuw_context *ctx;
	unsigned int i;

	/*
	 * Redirected by a live patch or a plant, whose ops is newer and
	 * has run by now: the function that we watch does not run.
	 */
	if (!h || mmuw_fregs_ip(fregs) - ip > MMUW_MAX_PROLOGUE)
		return;
	for (i = 0; i < MMUW_HOOK_ARGS; i++)
		arg[i] = mmuw_fregs_argument(fregs, i);
	rcu_read_lock();
	if (h->on_return) {
		ctx = mmuw_context();
		if (ctx)
			ctx->entered = h;
	}
	h->on_entry(h, arg);
	rcu_read_unlock();
}

/* Of a hook with on_entry and on_return. */
static bool has_entered(const struct mmuw_hook *h)
{
	struct mmuw_context *ctx = mmuw_context();
	bool entered = ctx && ctx->entered == h;

	if (entered)
		ctx->entered = NULL;
	return entered;
}

static struct ftrace_ops function_ops;

static bool enter(struct mmuw_hook *h, struct mmuw_frame *frame, bool redirected)
{
	if (h->on_enter)
		return !redirected && h->on_enter(h, frame);
	has_entered(h);		/* in vain: its return was missed */
	return mmuw_context();
}

static void returned(struct mmuw_hook *h, struct mmuw_frame *frame, unsigned long ret)
{
	if (h->on_enter || has_entered(h))
		h->on_return(h, frame, ret);
}

static const struct mmuw_return_handlers return_handlers = { enter, returned };

/* The first candidate that is there. */
static void resolve(struct mmuw_hook *h)
{
	unsigned int i;

	h->error = h->told_by ? 0 : -ENOENT;
	h->address = 0;
	h->symbol = h->told_by ?: h->symbols[0];
	atomic64_set(&h->hits, 0);
	atomic64_set(&h->missed, 0);
	for (i = 0; i < ARRAY_SIZE(h->symbols) && h->symbols[i]; i++) {
		h->address = mmuw_symbol_address(h->symbols[i]);
		if (h->address) {
			h->symbol = h->symbols[i];
			h->error = 0;
			break;
		}
	}
	h->why = h->hidden && h->address ? h->hidden() : NULL;
	if (h->why) {
		h->error = -EOPNOTSUPP;
		h->address = 0;
	}
}

static void attach_returns(struct mmuw_hook *const *hooks, unsigned int count)
{
	unsigned int i;

	mmuw_returns_attach(hooks, count, &return_handlers);
	for (i = 0; i < count; i++)
		if (hooks[i]->error)
			hooks[i]->address = 0;
}

static void attach_all_returns(void)
{
	struct mmuw_hook *hooks[MAX_ENTRIES], *h;
	unsigned int t, n = 0;

	for_each_hook(h, t) {
		if (!h->address || !h->on_return || h->on_demand)
			continue;
		if (n == ARRAY_SIZE(hooks))
			h->error = -ENOSPC, h->address = 0;
		else
			hooks[n++] = h;
	}
	attach_returns(hooks, n);
}

/* What it is a part of does not count as witnessed, though it goes on telling. */
static void mark_incomplete(const struct mmuw_hook *part)
{
	struct mmuw_hook *h;
	unsigned int t;

	for_each_hook(h, t)
		if (!strcmp(h->name, part->part_of) && !h->error) {
			h->error = -ENODATA;
			h->why = part->symbols[0];
		}
}

/* One ftrace_ops for all: see hook.h. */
static int attach_entries(void)
{
	struct mmuw_hook *h;
	unsigned int t;
	int err;

	/* Anew for each session: ftrace_free_filter() leaves dangling pointers in it. */
	function_ops = (struct ftrace_ops){
		.func = on_function,
		/* kernel.ftrace_enabled=0 would make every hook deaf: it is refused meanwhile. */
		.flags = MMUW_FTRACE_FLAGS | FTRACE_OPS_FL_PERMANENT,
	};
	entry_count = 0;
	memset(last_entry, 0, sizeof(last_entry));
	for_each_hook(h, t) {
		if (!h->address || !h->on_entry)
			continue;
		h->error = entry_count == MAX_ENTRIES ? -ENOSPC :
			   ftrace_set_filter_ip(&function_ops, h->address, 0, 0);
		if (h->error) {
			h->address = 0;	/* not traceable: notrace or no patch site */
			continue;
		}
		entries[entry_count++] = (struct entry){ h->address, h };
	}
	/* An empty filter is one that lets all functions of the kernel through. */
	err = entry_count ? register_ftrace_function(&function_ops) : -ENODEV;
	if (err)
		ftrace_free_filter(&function_ops);
	return err == -EBUSY ? -EUCLEAN : err;	/* a permanent ops, and ftrace_enabled is 0 */
}

static bool is_there(const char *name)
{
	struct mmuw_hook *h;
	unsigned int t;

	for_each_hook(h, t)
		if (!strcmp(h->name, name))
			return h->address || h->told_by;
	return false;
}

void mmuw_hooks_init(const struct mmuw_hook_set *hooks)
{
	first = set = hooks;
}

int mmuw_hooks_attach(const struct mmuw_hook_set *hooks)
{
	struct mmuw_hook *h;
	unsigned int t;
	int err;

	set = hooks;
	for_each_hook(h, t)
		resolve(h);
	err = is_there("vm_ioctl") ? attach_entries() : -ENODEV;
	if (err) {
		set = first;
		return err;
	}
	attach_all_returns();
	for_each_hook(h, t)
		if (h->part_of && h->error && !(h->optional && h->error == -ENOENT))
			mark_incomplete(h);
	mmuw_tracepoints_attach(set->tracepoints, set->tracepoint_count);
	attached = true;
	if (set->alive())
		return 0;
	mmuw_hooks_detach();
	return -EUCLEAN;
}

void mmuw_hooks_detach(void)
{
	struct mmuw_hook *h;
	unsigned int t;

	if (!attached)
		return;
	attached = false;
	mmuw_tracepoints_detach(set->tracepoints, set->tracepoint_count);
	mmuw_returns_detach();
	unregister_ftrace_function(&function_ops);
	ftrace_free_filter(&function_ops);
	for_each_hook(h, t)
		h->address = 0;
	set = first;
}

/* Is name one of those in "a|b"? */
static bool is_named(const char *name, const char *names)
{
	size_t length = strlen(name);
	const char *found = strstr(names, name);

	return found && (found == names || found[-1] == '|') &&
	       (found[length] == '|' || !found[length]);
}

int mmuw_hook_use(const char *name)
{
	const char *symbol;
	struct mmuw_hook *h;
	unsigned int t;

	for_each_hook(h, t)
		if (is_named(h->name, name) && h->address && h->on_demand && !h->attached)
			attach_returns(&h, 1);
	return mmuw_hook_symbol(name, &symbol) ? 0 : -EOPNOTSUPP;
}

bool mmuw_hook_symbol(const char *name, const char **symbol)
{
	struct mmuw_tracepoint *p;
	struct mmuw_hook *h;
	unsigned int t;

	for_each_hook(h, t) {
		if (!attached || (!h->address && !h->told_by) || !is_named(h->name, name))
			continue;
		*symbol = h->symbol;
		return true;
	}
	for_each_tracepoint_hook(p, t) {
		if (!attached || p->error || !is_named(p->name, name))
			continue;
		*symbol = p->symbol;
		return true;
	}
	return false;
}

unsigned long mmuw_hook_address(const char *name)
{
	struct mmuw_hook *h;
	unsigned int t;

	for_each_hook(h, t)
		if (!strcmp(h->name, name))
			return h->address;
	return 0;
}

void mmuw_hooks_vm_added(struct kvm *kvm, u16 vm)
{
	struct mmuw_hook *h;
	unsigned int t;

	for_each_hook(h, t)
		if (h->address && h->vm_added)
			h->vm_added(h, kvm, vm);
}

void mmuw_hooks_vm_leaves(struct kvm *kvm, u16 vm)
{
	struct mmuw_hook *h;
	unsigned int t;

	for_each_hook(h, t)
		if (h->address && h->missed_for)
			atomic64_add(h->missed_for(h, kvm, vm), &h->missed);
}

static bool alive;			/* at the report: hooks on functions are called at all */

static void fill(struct mmuwitness_hook *report, const char *name, const char *symbol,
		 int error, const char *why, s64 hits, u64 missed)
{
	if (attached && !error && !alive)
		why = "ftrace or kprobes are switched off", error = -EUCLEAN;
	report->state = !attached ? MMUWITNESS_HOOK_IDLE :
			error ? MMUWITNESS_HOOK_MISSING : MMUWITNESS_HOOK_ATTACHED;
	report->hits = hits;
	strscpy(report->name, name, sizeof(report->name));
	strscpy(report->symbol, symbol, sizeof(report->symbol));
	report->why[0] = '\0';
	if (!attached)
		return;
	if (why)
		strscpy(report->why, why, sizeof(report->why));
	else if (error == -ENOENT)
		strscpy(report->why, "no such symbol", sizeof(report->why));
	else if (error == -EPROTO)
		strscpy(report->why, "the event has other fields than known", sizeof(report->why));
	else if (error)
		snprintf(report->why, sizeof(report->why), "cannot be probed: %pe", ERR_PTR(error));
	else if (missed)
		snprintf(report->why, sizeof(report->why), "%llu calls missed", missed);
}

int mmuw_hook_report(struct mmuwitness_hook *report)
{
	struct mmuw_tracepoint *p;
	struct mmuw_hook *h;
	unsigned int t, i = 0;

	alive = !attached || set->alive();
	for_each_hook(h, t) {
		if (i++ != report->index)
			continue;
		fill(report, h->name, h->symbol ?: h->told_by ?: h->symbols[0], h->error, h->why,
		     atomic64_read(&h->hits), atomic64_read(&h->missed) + mmuw_returns_missed(h));
		return 0;
	}
	for_each_tracepoint_hook(p, t) {
		if (i++ != report->index)
			continue;
		fill(report, p->name, p->symbol, p->error, NULL, atomic64_read(&p->hits),
		     atomic64_read(&p->missed));
		return 0;
	}
	if (i == report->index) {
		fill(report, "task_context", "-", 0, NULL, 0, atomic64_read(&mmuw_context_overflows));
		return 0;
	}
	return -ENOENT;
}
