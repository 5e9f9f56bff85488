// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of functions by name. kallsyms_lookup_name() is not exported, but
 * a kprobe that is registered disabled resolves its symbol and patches nothing.
 */
#include "symbol.h"

#include <linux/kprobes.h>
#include <linux/slab.h>

static int find(struct kprobe *probe, struct mmuw_symbol *symbol)
{
	int err;

	*probe = (struct kprobe){ .symbol_name = symbol->name, .flags = KPROBE_FLAG_DISABLED };
	err = register_kprobe(probe);
	symbol->address = err ? 0 : (unsigned long)probe->addr;
	return err;
}

unsigned long mmuw_symbol_address(const char *name)
{
	struct mmuw_symbol symbol = { .name = name };
	struct kprobe probe;

	if (!find(&probe, &symbol))
		unregister_kprobe(&probe);
	return symbol.address;
}

void mmuw_symbols_find(struct mmuw_symbol *symbols, unsigned int count)
{
	struct kprobe *probes = kcalloc(count, sizeof(*probes), GFP_KERNEL);
	struct kprobe **found = kcalloc(count, sizeof(*found), GFP_KERNEL);
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		if (!probes || !found)
			symbols[i].address = mmuw_symbol_address(symbols[i].name);
		else if (!find(&probes[i], &symbols[i]))
			found[n++] = &probes[i];
	}
	unregister_kprobes(found, n);
	kfree(found);
	kfree(probes);
}
