// SPDX-License-Identifier: GPL-2.0-only
#include "witness/redirect.h"

#include <linux/export.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "witness/fregs.h"

/*
 * Task, softirq, hard interrupt, NMI. Where one function has several callbacks, which is where
 * somebody asks, ftrace calls them with preemption off. A plant alone may be preempted, and
 * then nobody asks: so this_cpu_write(), which does not mind.
 */
static DEFINE_PER_CPU(unsigned long [4], redirected);

void mmuw_redirected(unsigned long ip)
{
	this_cpu_write(redirected[interrupt_context_level()], ip);
}
EXPORT_SYMBOL_GPL(mmuw_redirected);

bool mmuw_was_redirected(unsigned long address)
{
	unsigned long ip = this_cpu_read(redirected[interrupt_context_level()]);

	if (ip - address >= MMUW_MAX_PROLOGUE)
		return false;
	this_cpu_write(redirected[interrupt_context_level()], 0);
	return true;
}
