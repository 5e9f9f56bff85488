// SPDX-License-Identifier: GPL-2.0-only
#include "witness/hook.h"

#include <linux/ftrace.h>

#include "witness/context.h"
#include "witness/fregs.h"
#include "witness/patch_site.h"
#include "witness/returns.h"
#include "witness/symbol.h"

/* Of all tables together: those of a set, in its order. */
#define MAX_HOOKED 64
#define MAX_TRACED 8

static const struct mmuw_hook_set *first, *set;
static struct mmuw_hooked hooked[MAX_HOOKED];
static struct mmuw_traced traced[MAX_TRACED];
static unsigned int hooked_count, traced_count;
static bool attached;

#define for_each_hooked(h) for (h = hooked; h < &hooked[hooked_count]; h++)
#define for_each_traced(p) for (p = traced; p < &traced[traced_count]; p++)

/* Takes a set's tables as what is to be attached, and reported on. */
static int use_set(const struct mmuw_hook_set *new)
{
	const struct mmuw_tracepoint *p;
	const struct mmuw_hook *h;
	unsigned int t;

	set = new;
	hooked_count = 0;
	traced_count = 0;
	for (t = 0; t < set->count; t++)
		for (h = set->tables[t]; h->name; h++) {
			if (hooked_count == MAX_HOOKED)
				return -ENOSPC;
			hooked[hooked_count++] = (struct mmuw_hooked){ .hook = h };
		}
	for (t = 0; t < set->tracepoint_count; t++)
		for (p = set->tracepoints[t]; p->name; p++) {
			if (traced_count == MAX_TRACED)
				return -ENOSPC;
			traced[traced_count++] = (struct mmuw_traced){ .tracepoint = p };
		}
	return 0;
}

/*
 * Which hook is at which patched call, and for where the call is, which of them it was
 * the last time: the whole machine's calls of these functions are looked up here.
 */
static struct entry {
	unsigned long address;
	struct mmuw_hooked *hooked;
} entries[MAX_HOOKED];
static unsigned int entry_count;
static struct entry *last_entry[128];

/* ip is that of the patched call, past an ENDBR or BTI. */
static struct mmuw_hooked *hooked_at(unsigned long ip)
{
	struct entry **last = &last_entry[ip / 16 % ARRAY_SIZE(last_entry)], *e = READ_ONCE(*last);

	if (e && ip - e->address < MMUW_MAX_PROLOGUE)
		return e->hooked;
	for (e = entries; e < &entries[entry_count]; e++) {
		if (ip - e->address >= MMUW_MAX_PROLOGUE)
			continue;
		WRITE_ONCE(*last, e);
		return e->hooked;
	}
	return NULL;
}

static bool entry_by_ftrace(const struct mmuw_hook *hook)
{
	return hook->on_call && (!hook->on_return || hook->unless_redirected);
}

static void on_function(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct mmuw_call call = { .hooked = hooked_at(ip) };
	struct mmuw_context *ctx;
	unsigned int i;

	/*
	 * Redirected by a live patch or a plant, whose ops is newer and
	 * has run by now: the function that we watch does not run.
	 */
	if (!call.hooked || mmuw_fregs_ip(fregs) - ip > MMUW_MAX_PROLOGUE)
		return;
	for (i = 0; i < MMUW_HOOK_ARGS; i++)
		call.arg[i] = mmuw_fregs_argument(fregs, i);
	rcu_read_lock();
	if (call.hooked->hook->on_return) {
		ctx = mmuw_context();
		if (ctx)
			ctx->entered = call.hooked;
	}
	call.hooked->hook->on_call(&call);
	rcu_read_unlock();
}

/* Of a hook that is unless_redirected. */
static bool has_entered(const struct mmuw_hooked *h)
{
	struct mmuw_context *ctx = mmuw_context();
	bool entered = ctx && ctx->entered == h;

	if (entered)
		ctx->entered = NULL;
	return entered;
}

static struct ftrace_ops function_ops;

static void called(struct mmuw_call *call, bool redirected)
{
	if (call->hooked->hook->unless_redirected) {
		has_entered(call->hooked);	/* in vain: its return was missed */
		call->wants_return = mmuw_context();
	} else if (!redirected) {
		call->hooked->hook->on_call(call);
	}
}

static void returned(struct mmuw_call *call)
{
	if (!call->hooked->hook->unless_redirected || has_entered(call->hooked))
		call->hooked->hook->on_return(call);
}

static const struct mmuw_return_handlers return_handlers = { called, returned };

/* The first candidate that is there. */
static void resolve(struct mmuw_hooked *h)
{
	const struct mmuw_hook *hook = h->hook;
	unsigned int i;

	h->error = hook->told_by ? 0 : -ENOENT;
	h->symbol = hook->told_by ?: hook->symbols[0];
	for (i = 0; i < ARRAY_SIZE(hook->symbols) && hook->symbols[i]; i++) {
		h->address = mmuw_symbol_address(hook->symbols[i]);
		if (h->address) {
			h->symbol = hook->symbols[i];
			h->error = 0;
			break;
		}
	}
	h->why = hook->hidden && h->address ? hook->hidden() : NULL;
	if (h->why) {
		h->error = -EOPNOTSUPP;
		h->address = 0;
	}
}

static void attach_returns(struct mmuw_hooked *const *hooks, unsigned int count)
{
	unsigned int i;

	mmuw_returns_attach(hooks, count, &return_handlers);
	for (i = 0; i < count; i++)
		if (hooks[i]->error)
			hooks[i]->address = 0;
}

static void attach_all_returns(void)
{
	struct mmuw_hooked *hooks[MAX_HOOKED], *h;
	unsigned int n = 0;

	for_each_hooked(h)
		if (h->address && h->hook->on_return && !h->hook->on_demand)
			hooks[n++] = h;
	attach_returns(hooks, n);
}

/* What it is a part of does not count as witnessed, though it goes on telling. */
static void mark_incomplete(const struct mmuw_hook *part)
{
	struct mmuw_hooked *h;

	for_each_hooked(h)
		if (!strcmp(h->hook->name, part->part_of) && !h->error) {
			h->error = -ENODATA;
			h->why = part->symbols[0];
		}
}

/* One ftrace_ops for all: see hook.h. */
static int attach_entries(void)
{
	struct mmuw_hooked *h;
	unsigned long site;
	int err;

	/* Anew for each session: ftrace_free_filter() leaves dangling pointers in it. */
	function_ops = (struct ftrace_ops){
		.func = on_function,
		/* kernel.ftrace_enabled=0 would make every hook deaf: it is refused meanwhile. */
		.flags = MMUW_FTRACE_FLAGS | FTRACE_OPS_FL_PERMANENT,
	};
	entry_count = 0;
	memset(last_entry, 0, sizeof(last_entry));
	for_each_hooked(h) {
		if (!h->address || !entry_by_ftrace(h->hook))
			continue;
		site = mmuw_patch_site(h->address);
		h->error = site ? ftrace_set_filter_ip(&function_ops, site, 0, 0) : -EINVAL;
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
	struct mmuw_hooked *h;

	for_each_hooked(h)
		if (!strcmp(h->hook->name, name))
			return h->address || h->hook->told_by;
	return false;
}

int mmuw_hooks_init(const struct mmuw_hook_set *hooks)
{
	first = hooks;
	return use_set(first);
}

int mmuw_hooks_attach(const struct mmuw_hook_set *hooks)
{
	struct mmuw_hooked *h;
	int err = use_set(hooks);

	if (!err) {
		for_each_hooked(h)
			resolve(h);
		err = is_there("vm_ioctl") ? attach_entries() : -ENODEV;
	}
	if (err) {
		use_set(first);
		return err;
	}
	attach_all_returns();
	for_each_hooked(h)
		if (h->hook->part_of && h->error && !(h->hook->optional && h->error == -ENOENT))
			mark_incomplete(h->hook);
	mmuw_tracepoints_attach(traced, traced_count);
	attached = true;
	if (set->alive())
		return 0;
	mmuw_hooks_detach();
	return -EUCLEAN;
}

void mmuw_hooks_detach(void)
{
	if (!attached)
		return;
	attached = false;
	mmuw_tracepoints_detach(traced, traced_count);
	mmuw_returns_detach();
	unregister_ftrace_function(&function_ops);
	ftrace_free_filter(&function_ops);
	use_set(first);
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
	struct mmuw_hooked *h;
	const char *symbol;

	for_each_hooked(h)
		if (is_named(h->hook->name, name) && h->address && h->hook->on_demand &&
		    !h->returns_attached)
			attach_returns(&h, 1);
	return mmuw_hook_symbol(name, &symbol) ? 0 : -EOPNOTSUPP;
}

bool mmuw_hook_symbol(const char *name, const char **symbol)
{
	struct mmuw_hooked *h;
	struct mmuw_traced *p;

	if (!attached)
		return false;
	for_each_hooked(h) {
		if ((!h->address && !h->hook->told_by) || !is_named(h->hook->name, name))
			continue;
		*symbol = h->symbol;
		return true;
	}
	for_each_traced(p) {
		if (p->error || !is_named(p->tracepoint->name, name))
			continue;
		*symbol = p->tracepoint->symbol;
		return true;
	}
	return false;
}

unsigned long mmuw_hook_address(const char *name)
{
	struct mmuw_hooked *h;

	for_each_hooked(h)
		if (!strcmp(h->hook->name, name))
			return h->address;
	return 0;
}

void mmuw_hooks_vm_added(struct kvm *kvm, u16 vm)
{
	struct mmuw_hooked *h;

	for_each_hooked(h)
		if (h->address && h->hook->vm_added)
			h->hook->vm_added(kvm, vm);
}

void mmuw_hooks_vm_leaves(struct kvm *kvm, u16 vm)
{
	struct mmuw_hooked *h;

	for_each_hooked(h)
		if (h->address && h->hook->missed_for)
			atomic64_add(h->hook->missed_for(h, kvm, vm), &h->missed);
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
	const struct mmuw_hooked *h;
	const struct mmuw_traced *p;
	unsigned int i = report->index;

	alive = !attached || set->alive();
	if (i < hooked_count) {
		h = &hooked[i];
		fill(report, h->hook->name, h->symbol ?: h->hook->told_by ?: h->hook->symbols[0],
		     h->error, h->why, atomic64_read(&h->hits),
		     atomic64_read(&h->missed) + mmuw_returns_missed(h));
		return 0;
	}
	i -= hooked_count;
	if (i < traced_count) {
		p = &traced[i];
		fill(report, p->tracepoint->name, p->tracepoint->symbol, p->error, NULL,
		     atomic64_read(&p->hits), atomic64_read(&p->missed));
		return 0;
	}
	if (i == traced_count) {
		fill(report, "task_context", "-", 0, NULL, 0, atomic64_read(&mmuw_context_overflows));
		return 0;
	}
	return -ENOENT;
}
