// SPDX-License-Identifier: GPL-2.0-only
#include "witness/redirect.h"

#include <linux/export.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "witness/fregs.h"

/* Task, softirq, hard interrupt, NMI. */
static DEFINE_PER_CPU(unsigned long [4], redirected);

void mmuw_redirected(unsigned long ip)
{
	__this_cpu_write(redirected[interrupt_context_level()], ip);
}
EXPORT_SYMBOL_GPL(mmuw_redirected);

bool mmuw_was_redirected(unsigned long address)
{
	unsigned long ip = __this_cpu_read(redirected[interrupt_context_level()]);

	if (ip - address >= MMUW_MAX_PROLOGUE)
		return false;
	__this_cpu_write(redirected[interrupt_context_level()], 0);
	return true;
}
