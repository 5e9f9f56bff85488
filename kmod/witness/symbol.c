// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of functions by name. kallsyms_lookup_name() is not exported, but
 * a kprobe that is registered disabled resolves its symbol and patches nothing.
 * That takes a millisecond, and a session asks for a hundred.
 */
#include "witness/symbol.h"

#include <linux/export.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "witness/fregs.h"

static struct mmuw_symbol known[256];	/* also what is nowhere; the rest is looked up each time */
static unsigned int known_count;
static bool modules_changed;

static int on_module(struct notifier_block *nb, unsigned long event, void *module)
{
	WRITE_ONCE(modules_changed, true);
	return NOTIFY_DONE;
}

static struct notifier_block module_notifier = { .notifier_call = on_module };

int mmuw_symbols_init(void)
{
	return register_module_notifier(&module_notifier);
}

void mmuw_symbols_exit(void)
{
	unregister_module_notifier(&module_notifier);
}

static bool is_known(struct mmuw_symbol *symbol)
{
	unsigned int i;

	if (xchg(&modules_changed, false))
		known_count = 0;
	for (i = 0; i < known_count; i++) {
		if (strcmp(known[i].name, symbol->name))
			continue;
		symbol->address = known[i].address;
		return true;
	}
	return false;
}

static int find(struct kprobe *probe, struct mmuw_symbol *symbol)
{
	const char *colon = strchr(symbol->name, ':');
	int err;

	*probe = (struct kprobe){ .symbol_name = symbol->name, .flags = KPROBE_FLAG_DISABLED };
	err = register_kprobe(probe);
	if (err && colon) {	/* built in */
		*probe = (struct kprobe){ .symbol_name = colon + 1, .flags = KPROBE_FLAG_DISABLED };
		err = register_kprobe(probe);
	}
	symbol->address = err ? 0 : (unsigned long)probe->addr;
	if ((!err || err == -ENOENT) && known_count < ARRAY_SIZE(known))
		known[known_count++] = *symbol;
	return err;
}

unsigned long mmuw_symbol_address(const char *name)
{
	struct mmuw_symbol symbol = { .name = name };
	struct kprobe probe;

	if (!is_known(&symbol) && !find(&probe, &symbol))
		unregister_kprobe(&probe);
	return symbol.address;
}
EXPORT_SYMBOL_GPL(mmuw_symbol_address);

unsigned long mmuw_symbol_start(const char *name)
{
	unsigned long address = mmuw_symbol_address(name), offset;
	char text[KSYM_SYMBOL_LEN];

	if (!address)
		return 0;
	sprint_symbol(text, address);	/* NAME+OFFSET/SIZE */
	if (strlen(text) <= strlen(name) ||
	    sscanf(text + strlen(name), "+0x%lx", &offset) != 1 || offset >= MMUW_MAX_PROLOGUE)
		return 0;
	return address - offset;
}
EXPORT_SYMBOL_GPL(mmuw_symbol_start);

void mmuw_symbols_find(struct mmuw_symbol *symbols, unsigned int count)
{
	struct kprobe *probes = kcalloc(count, sizeof(*probes), GFP_KERNEL);
	struct kprobe **found = kcalloc(count, sizeof(*found), GFP_KERNEL);
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		if (!probes || !found)
			symbols[i].address = mmuw_symbol_address(symbols[i].name);
		else if (!is_known(&symbols[i]) && !find(&probes[i], &symbols[i]))
			found[n++] = &probes[i];
	}
	unregister_kprobes(found, n);
	kfree(found);
	kfree(probes);
}
