// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are hooks called at all? kernel.ftrace_enabled and debugfs' kprobes/enabled switch
 * them off without a word to those who have attached any, and a recording without
 * faults looks like a machine on which nothing happens. So a function of our own is
 * watched as those of KVM are, and called.
 */
#include <linux/mutex.h>

#include "hooks/hooks.h"

static atomic_t entered, returned;

/* Found by its name. */
int mmuw_self_call(int argument);

noinline int mmuw_self_call(int argument)
{
	barrier();		/* or a call whose result is known is none */
	return argument;
}

static void self_entry(struct mmuw_call *call)
{
	atomic_set(&entered, (int)call->arg[0]);
}

static void self_enter(struct mmuw_call *call)
{
	call->wants_return = true;
}

static void self_return(struct mmuw_call *call)
{
	atomic_set(&returned, (int)call->ret);
}

bool mmuw_hooks_alive(void)
{
	static int number;	/* under the session lock, as both callers */

	if (++number <= 0)
		number = 1;
	mmuw_self_call(number);
	return atomic_read(&entered) == number && atomic_read(&returned) == number;
}

const struct mmuw_hook mmuw_self_hooks[] = {
	{ .name = "self_entry", .symbols = { "mmuw_self_call" }, .on_call = self_entry },
	{ .name = "self_return", .symbols = { "mmuw_self_call" },
	  .on_call = self_enter, .on_return = self_return },
	{ }
};
