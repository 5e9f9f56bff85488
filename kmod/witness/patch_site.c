// SPDX-License-Identifier: GPL-2.0-only
#include "witness/patch_site.h"

#include <linux/export.h>
#include <linux/ftrace.h>

#include "witness/fregs.h"

/*
 * A patched call is some instructions into the function at most, and any of its bytes finds it.
 * x86: after an ENDBR of 4 bytes or at once, 5 bytes long. arm64: after a BTI or at once, the
 * second of two instructions. LoongArch: the first instruction.
 */
#define FIRST_OFFSET (IS_ENABLED(CONFIG_LOONGARCH) ? 0 : 4)

static struct ftrace_ops scratch;	/* never registered */

unsigned long mmuw_patch_site(unsigned long address)
{
	unsigned long offset, site = 0;

	scratch = (struct ftrace_ops){};
	for (offset = FIRST_OFFSET; !site && offset < MMUW_MAX_PROLOGUE; offset += 4)
		if (!ftrace_set_filter_ip(&scratch, address + offset, 0, 1))
			site = address + offset;
	ftrace_free_filter(&scratch);
	return site;
}
EXPORT_SYMBOL_GPL(mmuw_patch_site);
