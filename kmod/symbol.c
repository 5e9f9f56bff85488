// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of functions by name. kallsyms_lookup_name() is not exported, but
 * a kprobe that is registered disabled resolves its symbol and patches nothing.
 */
#include "symbol.h"

#include <linux/kprobes.h>

unsigned long mmuw_symbol_address(const char *symbol)
{
	struct kprobe kp = {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long address;

	if (register_kprobe(&kp))
		return 0;
	address = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return address;
}
