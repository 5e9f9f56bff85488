/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry and return of functions, told together. Where the kernel has fprobes they are
 * attached in one go (returns_fprobe.c); a kretprobe each, which takes 25 ms, is for
 * kernels without them, and for those whose kprobes do not know where ftrace patches
 * a function (returns_kretprobe.c).
 */
#ifndef _MMUWITNESS_RETURNS_H
#define _MMUWITNESS_RETURNS_H

#include <linux/kconfig.h>
#include <linux/types.h>

#include "witness/hook.h"

/* Under rcu_read_lock(), with preemption off. */
struct mmuw_return_handlers {
	/* False: its return is not wanted. redirected: a plant, or a live patch, runs instead. */
	bool (*enter)(struct mmuw_hook *hook, struct mmuw_frame *frame, bool redirected);
	void (*returned)(struct mmuw_hook *hook, struct mmuw_frame *frame, unsigned long ret);
};

/* Sets each hook's attached, or its error. More may be added later. */
void mmuw_returns_attach(struct mmuw_hook *const *hooks, unsigned int count,
			 const struct mmuw_return_handlers *handlers);
/* All; none of the handlers runs when it returns. */
void mmuw_returns_detach(void);
/* Calls that were not told. Where nobody knows of which hook, of all. */
u64 mmuw_returns_missed(const struct mmuw_hook *hook);

#endif /* _MMUWITNESS_RETURNS_H */
