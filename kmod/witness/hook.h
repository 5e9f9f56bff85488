/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks: functions of KVM and mm that are watched, found by name when the
 * session starts. What this kernel does not have is reported, not fatal.
 *
 * Those with on_return are attached by returns.h; all others share one ftrace_ops, since
 * attaching one ops per function takes seconds. Tracepoints of KVM are not
 * exported: they are found by their event (tracepoint.c).
 *
 * What is watched is a constant table; what became of it in a session is kept apart.
 */
#ifndef _MMUWITNESS_HOOK_H
#define _MMUWITNESS_HOOK_H

#include <linux/atomic.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

#include "uapi/mmuwitness.h"

struct kvm;
struct mmuw_hooked;
struct trace_event_call;
struct trace_event_file;

#define MMUW_HOOK_ARGS 6

/* A call of a function that is watched. */
struct mmuw_call {
	struct mmuw_hooked *hooked;
	unsigned long arg[MMUW_HOOK_ARGS];
	unsigned long ret;		/* at its return */
	unsigned long saved[5];		/* from on_call to on_return */
	bool wants_return;		/* set by on_call: tell on_return, too */
};

/* Under rcu_read_lock(). */
typedef void mmuw_call_handler(struct mmuw_call *call);

struct mmuw_hook {
	const char *name;		/* what is witnessed */
	const char *symbols[4];		/* candidates: renamed, split or vendor variants */
	const char *told_by;		/* instead: a function of another MMU's tells it by itself */
	/* Not told of a call that a plant has redirected, nor, without on_return, a live patch. */
	mmuw_call_handler *on_call;
	mmuw_call_handler *on_return;	/* optional */
	/*
	 * With on_return: neither is told of what a live patch has put in its place, on any
	 * kernel. on_call cannot save anything for on_return, which always follows.
	 */
	bool unless_redirected;
	bool on_demand;			/* attached by mmuw_hook_use() only: it is dear */
	/* Calls for this VM that must have happened and were not seen; optional, as a pair. */
	void (*vm_added)(struct kvm *kvm, u16 vm);
	u64 (*missed_for)(const struct mmuw_hooked *hooked, struct kvm *kvm, u16 vm);
	/* Why it would tell nothing, or not all, as KVM is set up; NULL: it does. Optional. */
	const char *(*hidden)(void);
	const char *part_of;		/* the hook of this name tells half of it without this one */
	bool optional;			/* ... unless this kernel has no such function */
};

/* What became of a hook. */
struct mmuw_hooked {
	const struct mmuw_hook *hook;
	const char *symbol;		/* the candidate that exists */
	unsigned long address;		/* 0: it is not watched */
	bool returns_attached;		/* by returns.h */
	int error;			/* why it is missing ... */
	const char *why;		/* ... in words, by hidden */
	atomic64_t hits;
	atomic64_t missed;		/* by missed_for, of VMs that are gone; not attributed */
};

static inline void mmuw_hit(struct mmuw_call *call)
{
	atomic64_inc(&call->hooked->hits);
}

struct mmuw_tracepoint {
	const char *name;		/* what is witnessed */
	const char *system;		/* the event's: events/SYSTEM/SYMBOL */
	const char *symbol;		/* name of the tracepoint, and of its event */
	/*
	 * The first that fits: its arguments are those of events with these fields, and, as
	 * data, struct mmuw_traced.
	 */
	struct {
		void *probe;
		const char *fields;	/* with a space between */
	} probes[2];
	int (*on_found)(const struct trace_event_call *event);	/* optional */
};

/* What became of a tracepoint. */
struct mmuw_traced {
	const struct mmuw_tracepoint *tracepoint;
	struct trace_event_file *file;	/* NULL: there is no such event */
	void *probe;
	int error;			/* EPROTO: none of the probes fits */
	atomic64_t hits;
	atomic64_t missed;		/* could not be attributed to a VM */
};

/* What is attached together: tables, NULL-terminated by name, one per kind of thing witnessed. */
struct mmuw_hook_set {
	const struct mmuw_hook *const *tables;
	unsigned int count;
	const struct mmuw_tracepoint *const *tracepoints;
	unsigned int tracepoint_count;
	bool (*alive)(void);		/* are hooks on functions called at all? */
};

/* Attaches a hook that is on demand. name: "a|b" either of them. EOPNOTSUPP: not here. */
int mmuw_hook_use(const char *name);
/* Is the hook or tracepoint of this name there? Its symbol, if so. */
bool mmuw_hook_symbol(const char *name, const char **symbol);

/* ENODEV: none of it is here; EUCLEAN: it is, and is not called; ENOSPC: too many for hook.c. */
int mmuw_hooks_attach(const struct mmuw_hook_set *set);
/* Also back to the first set, which is what reports are about without a session. */
void mmuw_hooks_detach(void);
/* ENOSPC: too many for hook.c. */
int mmuw_hooks_init(const struct mmuw_hook_set *first);
/* A VM joins or leaves the session: compare with what KVM itself has counted. */
void mmuw_hooks_vm_added(struct kvm *kvm, u16 vm);
void mmuw_hooks_vm_leaves(struct kvm *kvm, u16 vm);
int mmuw_hook_report(struct mmuwitness_hook *report);
/* As mmuw_symbol_address() of the function behind a hook. */
unsigned long mmuw_hook_address(const char *name);

/* tracepoint.c: part of attaching */
void mmuw_tracepoints_attach(struct mmuw_traced *traced, unsigned int count);
void mmuw_tracepoints_detach(struct mmuw_traced *traced, unsigned int count);

#endif /* _MMUWITNESS_HOOK_H */
