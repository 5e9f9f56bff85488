// SPDX-License-Identifier: GPL-2.0-only
#include "redirect.h"

#include <linux/percpu.h>
#include <linux/preempt.h>

#include "fregs.h"

/* Task, softirq, hard interrupt, NMI. */
static DEFINE_PER_CPU(unsigned long [4], redirected);

void mmuw_redirected(unsigned long ip)
{
	__this_cpu_write(redirected[interrupt_context_level()], ip);
}

bool mmuw_was_redirected(unsigned long address)
{
	unsigned long ip = __this_cpu_read(redirected[interrupt_context_level()]);

	if (ip - address >= MMUW_MAX_PROLOGUE)
		return false;
	__this_cpu_write(redirected[interrupt_context_level()], 0);
	return true;
}
