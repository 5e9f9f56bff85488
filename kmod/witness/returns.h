/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry and return of functions, told together. Where the kernel has fprobes they are
 * attached in one go (returns_fprobe.c); a kretprobe each, which takes 25 ms, is for
 * kernels without them, and where they have not been tried (Kbuild; returns_kretprobe.c).
 */
#ifndef _MMUWITNESS_RETURNS_H
#define _MMUWITNESS_RETURNS_H

#include <linux/kconfig.h>
#include <linux/types.h>

#include "witness/hook.h"

struct mmuw_return_handlers {
	/* Sets wants_return. redirected: a plant, or a live patch, runs instead. */
	void (*called)(struct mmuw_call *call, bool redirected);
	void (*returned)(struct mmuw_call *call);
};

/* Sets returns_attached of each, or its error. More may be added later. */
void mmuw_returns_attach(struct mmuw_hooked *const *hooks, unsigned int count,
			 const struct mmuw_return_handlers *handlers);
/* All; none of the handlers runs when it returns. */
void mmuw_returns_detach(void);
/* Calls that were not told. Where nobody knows of which hook, of all. */
u64 mmuw_returns_missed(const struct mmuw_hooked *hooked);

#endif /* _MMUWITNESS_RETURNS_H */
