/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gates, what the director stages interleavings with: a task that passes a
 * point is held there until another one passes some other point.
 */
#ifndef _MMUWITNESS_GATE_H
#define _MMUWITNESS_GATE_H

#include <linux/types.h>

#include "uapi/mmuwitness.h"
#include "witness/point.h"

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

/* points.c: their names */
int mmuw_point_info(struct mmuwitness_point_info *info);
/*
 * Makes sure that the point is told: EINVAL no such point, EOPNOTSUPP not in this kernel.
 * where: what it is at.
 */
int mmuw_point_use(u32 point, enum mmuwitness_where *where);

#endif /* _MMUWITNESS_GATE_H */
