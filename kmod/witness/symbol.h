/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MMUWITNESS_SYMBOL_H
#define _MMUWITNESS_SYMBOL_H

/*
 * A name may say whose it is, "kvm:make_spte": a static function of that module, if it
 * is one and not built in, whoever else has one of that name.
 *
 * Where a kernel or module function can be probed, 0: nowhere. That is up to
 * MMUW_MAX_PROLOGUE bytes past its address: kprobes step over an ENDBR or BTI.
 * For callers under the session lock.
 */
unsigned long mmuw_symbol_address(const char *symbol);

/* Where it can be called, which is its very first byte; 0: nowhere. */
unsigned long mmuw_symbol_start(const char *symbol);

struct mmuw_symbol {
	const char *name;		/* a constant: it is kept */
	unsigned long address;		/* as above */
};

/* Many in one go: each call waits for a grace period. */
void mmuw_symbols_find(struct mmuw_symbol *symbols, unsigned int count);

/* What was found is kept while the module is loaded, and no other one comes or goes. */
int mmuw_symbols_init(void);
void mmuw_symbols_exit(void);

#endif /* _MMUWITNESS_SYMBOL_H */
