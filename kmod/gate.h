/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gates, what the director stages interleavings with: a task that passes a
 * point is held there until another one passes some other point.
 */
#ifndef _MMUWITNESS_GATE_H
#define _MMUWITNESS_GATE_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "uapi/mmuwitness.h"

/* Told by the hooks; their names are in gate_points.c. */
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
};

extern bool mmuw_gates_set;

/* May hold the caller, spinning; any context. */
void __mmuw_pass(enum mmuw_point point, const struct mmuw_passage *passage);

static inline void mmuw_pass(enum mmuw_point point, u16 vm, s16 vcpu, u16 file, u64 where,
			     u64 count)
{
	struct mmuw_passage passage = {
		.vm = vm, .vcpu = vcpu, .file = file, .where = where, .count = count,
	};

	if (unlikely(READ_ONCE(mmuw_gates_set)))
		__mmuw_pass(point, &passage);
}

int mmuw_gate_set(struct mmuwitness_gate *arg);
int mmuw_gate_arm(struct mmuwitness_gate *arg);
int mmuw_gate_state(struct mmuwitness_gate *arg);
int mmuw_gate_clear(const struct mmuwitness_gate *arg);
/* Sleeps; without the session lock. */
int mmuw_gate_wait(struct mmuwitness_gate *arg);
/* All of them; before the hooks go. */
void mmuw_gates_clear(void);
/* Nobody is held any more, from any context; the rest of their end is left to the above. */
void mmuw_gates_open(void);
/* Before the module goes. */
void mmuw_gates_exit(void);

/* gate_points.c */
int mmuw_point_info(struct mmuwitness_point_info *info);
/*
 * Makes sure that the point is told: EINVAL no such point, EOPNOTSUPP not in this kernel.
 * where: what it is at.
 */
int mmuw_point_use(u32 point, enum mmuwitness_where *where);

#endif /* _MMUWITNESS_GATE_H */
