/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ftrace stays on while anything of a plant is attached. A kprobe that is taken away while
 * kernel.ftrace_enabled is 0 leaves its flags on the record of its function (ftrace_shutdown()
 * returns early). Once it is 1 again, whoever unregisters the last ftrace_ops has the kernel find
 * them: it warns and gives ftrace up for good, and kprobes can be taken away no more, ours among
 * them when the module goes.
 */
#ifndef _MMUWITNESS_FTRACE_ON_H
#define _MMUWITNESS_FTRACE_ON_H

/* Before the first kprobe. EUCLEAN: it is off. More than once does no harm. */
int mmuw_keep_ftrace_on(void);
/* After the last. */
void mmuw_let_ftrace_off(void);

#endif /* _MMUWITNESS_FTRACE_ON_H */
