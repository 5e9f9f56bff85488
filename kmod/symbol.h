/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MMUWITNESS_SYMBOL_H
#define _MMUWITNESS_SYMBOL_H

/* Address of a kernel or module function that can be probed, 0: there is none. */
unsigned long mmuw_symbol_address(const char *symbol);

#endif /* _MMUWITNESS_SYMBOL_H */
