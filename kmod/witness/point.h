/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Points: what tasks pass on their way through KVM and mm. The hooks say once that one
 * was passed; gates hold tasks there, plants break things there.
 */
#ifndef _MMUWITNESS_POINT_H
#define _MMUWITNESS_POINT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Their names, and where they are in the kernel's work: gates/points.c. */
enum mmuw_point {
	MMUW_POINT_FAULT_BEGIN = 1,
	MMUW_POINT_PFN_LOOKUP,
	MMUW_POINT_PFN_FOUND,
	MMUW_POINT_SPTE_CHANGED,
	MMUW_POINT_FAULT_END,
	MMUW_POINT_LOG_MARK,
	MMUW_POINT_RING_PUSH,
	MMUW_POINT_KVM_DIRTY,
	MMUW_POINT_FLUSH_REQUEST,
	MMUW_POINT_FLUSH_DONE,
	MMUW_POINT_IOCTL_BEGIN,
	MMUW_POINT_IOCTL_END,
	MMUW_POINT_INVALIDATE_START,
	MMUW_POINT_INVALIDATE_STARTED,
	MMUW_POINT_INVALIDATE_END,
	MMUW_POINT_INVALIDATE_ENDED,
	MMUW_POINT_CLEAN_BEGIN,
	MMUW_POINT_CLEAN_END,
	MMUW_POINT_MKCLEAN_BEGIN,
	MMUW_POINT_MKCLEAN_END,
	MMUW_POINT_WRITEBACK_START,
	MMUW_POINT_WRITEBACK_END,
	MMUW_POINT_PAGE_MKWRITE,
	MMUW_POINT_DIRTIED,
	MMUW_POINT_ROOTS_REQUEST,	/* x86 */
};

/* Who passes, and what is worked on: [where, where + count). */
struct mmuw_passage {
	u16 vm, file;
	s16 vcpu;
	u64 where, count;
	struct folio *folio;		/* of points at a page, NULL elsewhere */
};

/*
 * Those who want to know. A point that is about to do something is told to gates first,
 * one that has done it to plants: what is broken there is broken while a task is held.
 */
enum mmuw_subscriber {
	MMUW_SUBSCRIBER_GATES,
	MMUW_SUBSCRIBER_PLANTS,
	MMUW_SUBSCRIBERS,
};

/* May hold the caller, spinning; any context, under rcu_read_lock(). */
typedef void mmuw_passed_fn(enum mmuw_point point, const struct mmuw_passage *passage);

/* One at a time for each; NULL: not any more, nor is the old one running when it returns. */
void mmuw_subscribe(enum mmuw_subscriber who, mmuw_passed_fn *passed);

extern bool mmuw_points_watched;
void __mmuw_pass(enum mmuw_point point, const struct mmuw_passage *passage);

static inline void mmuw_pass_folio(enum mmuw_point point, u16 vm, s16 vcpu, u16 file, u64 where,
				   u64 count, struct folio *folio)
{
	struct mmuw_passage passage = {
		.vm = vm, .vcpu = vcpu, .file = file, .where = where, .count = count,
		.folio = folio,
	};

	if (unlikely(READ_ONCE(mmuw_points_watched)))
		__mmuw_pass(point, &passage);
}

static inline void mmuw_pass(enum mmuw_point point, u16 vm, s16 vcpu, u16 file, u64 where,
			     u64 count)
{
	mmuw_pass_folio(point, vm, vcpu, file, where, count, NULL);
}

#endif /* _MMUWITNESS_POINT_H */
