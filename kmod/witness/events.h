/* SPDX-License-Identifier: GPL-2.0-only */
/* struct mmuw_NAME_event, what a hook hands to the trace event: uapi/events.def. */
#ifndef _MMUWITNESS_EVENTS_H
#define _MMUWITNESS_EVENTS_H

#include <linux/types.h>

#include "uapi/fields.h"
#include "uapi/mmuwitness.h"

struct mmuw_stamp {
	u64 seq;
	u64 ns;
};

#define MMUW_MEMBER_NUMBER(type, name, ...) type name;
#define MMUW_MEMBER_TEXT(type, name, bytes) const char *name;
#define MMUW_MEMBER_WORDS(type, name, count) const u64 *name;
#define EVENT(name, camel, ...) \
	struct mmuw_##name##_event { MMUW_BY_SIZE(MMUW_MEMBER, __VA_ARGS__) };
#include "uapi/events.def"
#undef EVENT

#endif /* _MMUWITNESS_EVENTS_H */
