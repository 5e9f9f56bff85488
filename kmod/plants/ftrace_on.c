// SPDX-License-Identifier: GPL-2.0-only
#include "plants/ftrace_on.h"

#include <linux/ftrace.h>

#include "witness/patch_site.h"
#include "witness/symbol.h"

static void on_function(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			struct ftrace_regs *fregs)
{
}

/* A permanent one: while it is registered, the sysctl is refused. */
static struct ftrace_ops keeper;
static bool kept;

int mmuw_keep_ftrace_on(void)
{
	/* Any function that is always there and seldom called. */
	unsigned long address = mmuw_symbol_address("ksys_sync");
	int err;

	if (kept || !address)
		return 0;
	/* Anew each time: ftrace_free_filter() leaves dangling pointers in it. */
	keeper = (struct ftrace_ops){ .func = on_function, .flags = FTRACE_OPS_FL_PERMANENT };
	err = ftrace_set_filter_ip(&keeper, mmuw_patch_site(address), 0, 1);
	if (!err)
		err = register_ftrace_function(&keeper);
	if (err)
		ftrace_free_filter(&keeper);
	kept = !err;
	return err == -EBUSY ? -EUCLEAN : err;
}

void mmuw_let_ftrace_off(void)
{
	if (!kept)
		return;
	kept = false;
	unregister_ftrace_function(&keeper);
	ftrace_free_filter(&keeper);
}
