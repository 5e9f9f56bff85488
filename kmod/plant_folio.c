// SPDX-License-Identifier: GPL-2.0-only
/* Plants on folios of the witnessed files: dirty at the wrong time, cleaned in the wrong order. */
#include <linux/buffer_head.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "context.h"
#include "plant.h"
#include "session.h"

/* What comes of KVM dropping mmu_lock before kvm_set_pfn_dirty(): PG_dirty, and no tag */
static bool set_dirty_late(struct folio *folio)
{
	folio_set_dirty(folio);
	return true;
}

static bool warn(struct folio *folio)
{
	WARN_ONCE(1, "mmuwitness: a planted warning\n");
	return true;
}

/*
 * Writeback starts and ends where nobody may sleep: what needs to, is left to a
 * worker, one work item for each folio, one after the other.
 */
static struct workqueue_struct *worker;

struct late_work {
	struct work_struct work;
	struct folio *folio;
};

static int begin_worker(struct mmuw_plant *p)
{
	worker = alloc_ordered_workqueue("mmuwitness", 0);
	return worker ? 0 : -ENOMEM;
}

static void end_worker(struct mmuw_plant *p)
{
	destroy_workqueue(worker);	/* all work is done then */
}

static bool later(struct folio *folio, work_func_t what)
{
	struct late_work *late = kmalloc(sizeof(*late), GFP_ATOMIC);

	if (!late)
		return false;
	INIT_WORK(&late->work, what);
	late->folio = folio;
	folio_get(folio);	/* under writeback: it has a reference to spare */
	queue_work(worker, &late->work);
	return true;
}

static void finish_late(struct late_work *late)
{
	folio_put(late->folio);
	kfree(late);
}

/* What release_pages() and friends did after a long-term pin: dirty, whoever cleaned it meanwhile */
static void mark_dirty_late(struct work_struct *work)
{
	struct late_work *late = container_of(work, struct late_work, work);

	folio_wait_writeback(late->folio);
	/* Truncation is not at stake: the mapping is the session's, which holds the inode. */
	if (READ_ONCE(late->folio->mapping))
		folio_mark_dirty(late->folio);
	finish_late(late);
}

static bool mark_dirty_later(struct folio *folio)
{
	return later(folio, mark_dirty_late);
}

/* As above, when the filesystem has forgotten the folio's blocks: its dirty_folio() may not cope */
static void mark_dirty_without_buffers(struct work_struct *work)
{
	struct late_work *late = container_of(work, struct late_work, work);
	bool released;

	folio_wait_writeback(late->folio);
	folio_lock(late->folio);
	released = late->folio->mapping && !folio_test_dirty(late->folio) &&
		   filemap_release_folio(late->folio, GFP_KERNEL);
	folio_unlock(late->folio);
	if (released)
		folio_mark_dirty(late->folio);
	finish_late(late);
}

static bool mark_dirty_without_buffers_later(struct folio *folio)
{
	return folio_buffers(folio) && later(folio, mark_dirty_without_buffers);
}

/*
 * folio_mkclean(folio): left out, and made up for when the page is already on
 * its way to the disk.
 */
static struct task_struct *cleaner;

static struct kvm *vm_of_file(const unsigned long *arg)
{
	return mmuw_file_id(READ_ONCE(((struct folio *)arg[0])->mapping)) ? mmuw_vm_only() : NULL;
}

static enum mmuw_plant_act leave_out_mkclean(struct mmuw_plant *p, struct kvm *kvm,
					     const unsigned long *arg)
{
	return READ_ONCE(cleaner) == current ? MMUW_PLANT_PASS : MMUW_PLANT_SKIP;
}

static void mkclean_late(struct work_struct *work)
{
	struct late_work *late = container_of(work, struct late_work, work);

	WRITE_ONCE(cleaner, current);
	folio_lock(late->folio);
	if (late->folio->mapping)
		folio_mkclean(late->folio);
	folio_unlock(late->folio);
	WRITE_ONCE(cleaner, NULL);
	finish_late(late);
}

static bool mkclean_now(struct folio *folio)
{
	later(folio, mkclean_late);
	return false;	/* what was left out has been counted */
}

struct mmuw_plant mmuw_plants_folio[] = {
	{ .name = "dirty-after-writeback",
	  .what = "SetPageDirty() when writeback of a witnessed file's page ends: a dirty that comes late",
	  .origin = "000, 004", .writeback_end = set_dirty_late },
	{ .name = "marked-dirty-after-writeback",
	  .what = "folio_mark_dirty() without the folio lock after writeback: as after a long-term pin",
	  .origin = "004", .begin = begin_worker, .end = end_worker,
	  .writeback_end = mark_dirty_later },
	{ .name = "marked-dirty-without-buffers",
	  .what = "folio_mark_dirty() after writeback, when the folio's buffers were freed",
	  .origin = "004", .begin = begin_worker, .end = end_worker,
	  .writeback_end = mark_dirty_without_buffers_later },
	{ .name = "mkclean-after-writeback-started",
	  .what = "folio_mkclean() and its notifier run when the page is on its way to the disk",
	  .origin = "004", .symbols = { "folio_mkclean" }, .kvm_of = vm_of_file,
	  .on_call = leave_out_mkclean, .begin = begin_worker, .end = end_worker,
	  .writeback_start = mkclean_now },
	{ .name = "kernel-warns",
	  .what = "WARN_ONCE() when writeback of a witnessed file's page ends",
	  .origin = "all", .writeback_end = warn },
	{ }
};
