/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing an event: number it, then hand it to its tracepoint. */
#ifndef _MMUWITNESS_EMIT_H
#define _MMUWITNESS_EMIT_H

#include <linux/atomic.h>
#include <linux/ktime.h>

#include "witness/trace.h"

extern atomic64_t mmuw_seq;

static inline struct mmuw_stamp mmuw_stamp(void)
{
	return (struct mmuw_stamp){
		.seq = atomic64_inc_return(&mmuw_seq),
		.ns = ktime_get_mono_fast_ns(),
	};
}

/* A number is only used up when somebody records the event, which is mmuw_EVENT there. */
#define mmuw_emit(event, e)						\
	do {								\
		if (trace_mmuw_##event##_enabled()) {			\
			struct mmuw_stamp __stamp = mmuw_stamp();	\
									\
			trace_mmuw_##event(&__stamp, e);		\
		}							\
	} while (0)

#endif /* _MMUWITNESS_EMIT_H */
