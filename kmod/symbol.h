/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MMUWITNESS_SYMBOL_H
#define _MMUWITNESS_SYMBOL_H

/*
 * Where a kernel or module function can be probed, 0: nowhere. That is up to
 * MMUW_MAX_PROLOGUE bytes past its address: kprobes step over an ENDBR or BTI.
 */
unsigned long mmuw_symbol_address(const char *symbol);

struct mmuw_symbol {
	const char *name;
	unsigned long address;		/* as above */
};

/* Many in one go: each call waits for a grace period. */
void mmuw_symbols_find(struct mmuw_symbol *symbols, unsigned int count);

#endif /* _MMUWITNESS_SYMBOL_H */
