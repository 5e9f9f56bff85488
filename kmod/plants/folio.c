// SPDX-License-Identifier: GPL-2.0-only
/* Plants on folios of the witnessed files: dirty at the wrong time, cleaned in the wrong order. */
#include <linux/buffer_head.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "witness/context.h"
#include "plants/plant.h"
#include "witness/witnessed.h"

/* What comes of KVM dropping mmu_lock before kvm_set_pfn_dirty(): PG_dirty, and no tag */
static bool set_dirty_late(struct folio *folio)
{
	folio_set_dirty(folio);
	return true;
}

/* Once each time that it is planted: more of it says nothing more. */
static atomic_t warnings;

static int begin_warnings(struct mmuw_plant *p)
{
	atomic_set(&warnings, 0);
	return 0;
}

static bool warn(struct folio *folio)
{
	WARN(atomic_inc_return(&warnings) == 1, "mmuwitness: a planted warning\n");
	return true;
}

/*
 * Writeback starts and ends where nobody may sleep, or allocate (PREEMPT_RT): what
 * needs to, is left to a worker, one work item for each folio, one after the other.
 */
#define LATE_WORKS 256

struct late_work {
	struct work_struct work;
	struct folio *folio;
};

static struct late_work *late_works;
static DECLARE_BITMAP(late_used, LATE_WORKS);
static struct workqueue_struct *worker;
static bool worker_stops;	/* nobody waits for a folio any more */

static int begin_worker(struct mmuw_plant *p)
{
	late_works = kvcalloc(LATE_WORKS, sizeof(*late_works), GFP_KERNEL);
	worker = alloc_ordered_workqueue("mmuwitness", 0);
	if (!late_works || !worker) {
		kvfree(late_works);
		if (worker)
			destroy_workqueue(worker);
		return -ENOMEM;
	}
	bitmap_zero(late_used, LATE_WORKS);
	WRITE_ONCE(worker_stops, false);
	return 0;
}

static void end_worker(struct mmuw_plant *p)
{
	WRITE_ONCE(worker_stops, true);
	destroy_workqueue(worker);	/* all work is done then */
	kvfree(late_works);
}

/* False, and no hit: too many are waiting. */
static bool later(struct folio *folio, work_func_t what)
{
	struct late_work *late;
	unsigned int i;

	do {
		i = find_first_zero_bit(late_used, LATE_WORKS);
		if (i == LATE_WORKS)
			return false;
	} while (test_and_set_bit(i, late_used));
	late = &late_works[i];
	INIT_WORK(&late->work, what);
	late->folio = folio;
	folio_get(folio);	/* under writeback: it has a reference to spare */
	queue_work(worker, &late->work);
	return true;
}

static void finish_late(struct late_work *late)
{
	folio_put(late->folio);
	clear_bit_unlock(late - late_works, late_used);
}

/*
 * The filesystem may be stuck with the folio, because of the plant: whoever ends the
 * plant does not wait for it. False: then leave it alone.
 */
static bool wait_written(struct folio *folio)
{
	while (folio_test_writeback(folio)) {
		if (READ_ONCE(worker_stops))
			return false;
		schedule_timeout_idle(1);
	}
	return true;
}

static bool lock_written(struct folio *folio)
{
	while (!folio_trylock(folio)) {
		if (READ_ONCE(worker_stops))
			return false;
		schedule_timeout_idle(1);
	}
	return true;
}

/* What release_pages() and friends did after a long-term pin: dirty, whoever cleaned it meanwhile */
static void mark_dirty_late(struct work_struct *work)
{
	struct late_work *late = container_of(work, struct late_work, work);

	/* Truncation is not at stake: the mapping is the session's, which holds the inode. */
	if (wait_written(late->folio) && READ_ONCE(late->folio->mapping))
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
	bool released = false;

	if (wait_written(late->folio) && lock_written(late->folio)) {
		released = late->folio->mapping && !folio_test_dirty(late->folio) &&
			   filemap_release_folio(late->folio, GFP_KERNEL);
		folio_unlock(late->folio);
	}
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
	return READ_ONCE(cleaner) == current ? MMUW_PLANT_LEAVE : MMUW_PLANT_SKIP;
}

static void mkclean_late(struct work_struct *work)
{
	struct late_work *late = container_of(work, struct late_work, work);

	WRITE_ONCE(cleaner, current);
	if (lock_written(late->folio)) {
		/* As folio_clear_dirty_for_io() does: what was written since must not be lost. */
		if (late->folio->mapping && folio_mkclean(late->folio))
			folio_mark_dirty(late->folio);
		folio_unlock(late->folio);
	}
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
	  .what = "WARN() when writeback of a witnessed file's page ends",
	  .origin = "all", .begin = begin_warnings, .writeback_end = warn },
	{ }
};
