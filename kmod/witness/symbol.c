// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of functions by name. kallsyms_lookup_name() is not exported, but a kprobe that
 * is registered disabled resolves its symbol and patches nothing. Only for that one: with a
 * kprobe for each of a session's names most of its start was spent here.
 *
 * It is called by a static call, which is a direct one on x86: a kernel that is sealed for
 * indirect branch tracking has no ENDBR at functions that it calls by name only.
 */
#include "witness/symbol.h"

#include <linux/export.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include "witness/fregs.h"

static unsigned long nowhere(const char *name)
{
	return 0;
}

DEFINE_STATIC_CALL(mmuw_lookup_name, nowhere);

/* A kprobe steps over an ENDBR or BTI. */
static unsigned long function_start(unsigned long address)
{
	char text[KSYM_SYMBOL_LEN];	/* NAME+OFFSET/SIZE */
	unsigned long offset;
	const char *plus;

	sprint_symbol(text, address);
	plus = strchr(text, '+');
	if (!plus || sscanf(plus, "+0x%lx", &offset) != 1 || offset >= MMUW_MAX_PROLOGUE)
		return 0;
	return address - offset;
}

int mmuw_symbols_init(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name", .flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long address;
	int err;

	err = register_kprobe(&probe);
	if (err)
		return err;
	unregister_kprobe(&probe);
	address = function_start((unsigned long)probe.addr);
	if (!address)
		return -ENOENT;
	static_call_update(mmuw_lookup_name, (typeof(&nowhere))address);
	return 0;
}

unsigned long mmuw_symbol_address(const char *name)
{
	const char *colon = strchr(name, ':');
	unsigned long address = static_call(mmuw_lookup_name)(name);

	if (!address && colon)		/* built in */
		address = static_call(mmuw_lookup_name)(colon + 1);
	return address;
}
EXPORT_SYMBOL_GPL(mmuw_symbol_address);
