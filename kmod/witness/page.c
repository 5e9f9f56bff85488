// SPDX-License-Identifier: GPL-2.0-only
#include "witness/page.h"

#include <linux/export.h>
#include <linux/uaccess.h>

#include "witness/emit.h"
#include "witness/witnessed.h"

/*
 * The order of the looks matters. Locked and writeback before dirty: who dirties
 * or cleans holds the folio lock or writeback, so what changed in between left
 * them set. Dirty once more after the tags: cleaned in between, its tag is gone
 * by right.
 */
u32 mmuw_page_flags(struct folio *folio, pgoff_t index)
{
	struct address_space *mapping = READ_ONCE(folio->mapping);
	u32 flags = MMUWITNESS_PAGE_PRESENT;
	XA_STATE(xas, NULL, index);

	if (folio_test_locked(folio))
		flags |= MMUWITNESS_PAGE_LOCKED;
	if (folio_test_writeback(folio))
		flags |= MMUWITNESS_PAGE_WRITEBACK;
	smp_rmb();	/* see above */
	if (folio_test_dirty(folio))
		flags |= MMUWITNESS_PAGE_DIRTY;
	if (folio_test_uptodate(folio))
		flags |= MMUWITNESS_PAGE_UPTODATE;
	if (folio_mapped(folio))
		flags |= MMUWITNESS_PAGE_MAPPED;
	if (folio_maybe_dma_pinned(folio))
		flags |= MMUWITNESS_PAGE_PINNED;
	if (!mmuw_file_id(mapping))
		return flags;
	xas.xa = &mapping->i_pages;
	xas_load(&xas);
	if (xas_get_mark(&xas, PAGECACHE_TAG_DIRTY))
		flags |= MMUWITNESS_PAGE_TAG_DIRTY;
	if (xas_get_mark(&xas, PAGECACHE_TAG_WRITEBACK))
		flags |= MMUWITNESS_PAGE_TAG_WRITEBACK;
	if (xas_get_mark(&xas, PAGECACHE_TAG_TOWRITE))
		flags |= MMUWITNESS_PAGE_TAG_TOWRITE;
	smp_rmb();	/* see above */
	if (!folio_test_dirty(folio))
		flags &= ~MMUWITNESS_PAGE_DIRTY;
	return flags;
}
EXPORT_SYMBOL_GPL(mmuw_page_flags);

struct folio *mmuw_folio_of_pfn(unsigned long pfn, u16 *file, pgoff_t *index)
{
	struct folio *folio;
	struct page *page;

	*file = 0;
	*index = 0;
	if (!pfn_valid(pfn))
		return NULL;
	page = pfn_to_page(pfn);
	folio = page_folio(page);
	*file = mmuw_file_id(READ_ONCE(folio->mapping));
	if (!*file)
		return NULL;
	*index = folio->index + folio_page_idx(folio, page);
	return folio;
}
EXPORT_SYMBOL_GPL(mmuw_folio_of_pfn);

u32 mmuw_ksm_flag(unsigned long pfn)
{
	if (!pfn_valid(pfn) || !folio_test_ksm(page_folio(pfn_to_page(pfn))))
		return 0;
	return MMUWITNESS_PAGE_KSM;
}
EXPORT_SYMBOL_GPL(mmuw_ksm_flag);

long mmuw_page_state(struct address_space *mapping, const struct mmuwitness_page_state *arg)
{
	u32 __user *out = u64_to_user_ptr(arg->flags);
	struct mmuw_page_state_event e = { .file = arg->file };
	struct folio *folio;
	u32 i, flags;

	for (i = 0; i < arg->count; i++) {
		pgoff_t index = arg->first + i;

		flags = 0;
		folio = filemap_get_folio(mapping, index);
		if (!IS_ERR_OR_NULL(folio)) {
			rcu_read_lock();
			flags = mmuw_page_flags(folio, index);
			rcu_read_unlock();
			folio_put(folio);
		}
		e.index = index;
		e.page = flags;
		mmuw_emit(page_state, &e);
		if (put_user(flags, &out[i]))
			return -EFAULT;
		cond_resched();
	}
	return 0;
}
