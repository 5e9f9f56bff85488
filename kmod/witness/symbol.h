/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MMUWITNESS_SYMBOL_H
#define _MMUWITNESS_SYMBOL_H

/*
 * Where a function of the kernel or of a module begins, 0: nowhere. A name may say whose
 * it is, "kvm:make_spte": a static function of that module, if it is one and not built in,
 * whoever else has one of that name.
 */
unsigned long mmuw_symbol_address(const char *symbol);

/* Before the first of them. ENOENT: names cannot be looked up on this kernel. */
int mmuw_symbols_init(void);

#endif /* _MMUWITNESS_SYMBOL_H */
