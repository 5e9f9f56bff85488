/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MMUWITNESS_PATCH_SITE_H
#define _MMUWITNESS_PATCH_SITE_H

/*
 * Where ftrace patches the function that begins at address; 0: nowhere. For callers under the
 * session lock.
 *
 * ftrace would take the address itself for that, and then any place in what kallsyms takes for
 * the function: also in code behind it that has no name, as an unused weak function has
 * (docs/reports/ftrace-finds-nameless-code.md). The function would be taken for watched, and is not.
 */
unsigned long mmuw_patch_site(unsigned long address);

#endif /* _MMUWITNESS_PATCH_SITE_H */
