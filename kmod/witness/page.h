/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of a page-cache page, as MMUWITNESS_PAGE_* bits. */
#ifndef _MMUWITNESS_PAGE_H
#define _MMUWITNESS_PAGE_H

#include <linux/mm.h>
#include <linux/pagemap.h>

#include "uapi/mmuwitness.h"

/* folio may be changing under us: flags and tags are a lockless look. */
u32 mmuw_page_flags(struct folio *folio, pgoff_t index);
/* The folio behind a pfn if it belongs to a witnessed file, with its file id. */
struct folio *mmuw_folio_of_pfn(unsigned long pfn, u16 *file, pgoff_t *index);
/* MMUWITNESS_PAGE_KSM, or 0. */
u32 mmuw_ksm_flag(unsigned long pfn);
long mmuw_page_state(struct address_space *mapping, const struct mmuwitness_page_state *arg);

#endif /* _MMUWITNESS_PAGE_H */
