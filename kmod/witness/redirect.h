/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that a plant has put aside. kprobes on ftrace do not see where another ops
 * has pointed the call to, so the plant's ops, which is newer and so called first,
 * leaves word for those that ftrace calls right after it, on the same CPU and with
 * preemption off. An interrupt in between has a word of its own.
 */
#ifndef _MMUWITNESS_REDIRECT_H
#define _MMUWITNESS_REDIRECT_H

#include <linux/types.h>

/* The call at ip, the address of the patched site, will not run the function. */
void mmuw_redirected(unsigned long ip);
/* Was it one of the function at this address? Asked once. */
bool mmuw_was_redirected(unsigned long address);

#endif /* _MMUWITNESS_REDIRECT_H */
