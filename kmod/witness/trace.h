/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace events mmuw_NAME: all that there is to say of each is in uapi/events.def.
 *
 * A record has its numbers by size, so that there is no padding between them, and in
 * arrays of characters nothing but NULs behind the first: what a recording has in it is
 * what was told, and nothing else of the kernel or of anybody's memory.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmuwitness

#if !defined(_MMUWITNESS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _MMUWITNESS_TRACE_H

#include <linux/tracepoint.h>

#include "witness/events.h"

#define MMUW_ENTRY_NUMBER(type, name, ...) __field(type, name)
#define MMUW_ENTRY_TEXT(type, name, bytes) __array(char, name, bytes)
#define MMUW_ENTRY_WORDS(type, name, count) __array(u64, name, count)

#define MMUW_ASSIGN_NUMBER(type, name, ...) __entry->name = e->name;
#define MMUW_ASSIGN_TEXT(type, name, bytes) strscpy_pad(__entry->name, e->name, bytes);
#define MMUW_ASSIGN_WORDS(type, name, count) memcpy(__entry->name, e->name, (count) * sizeof(u64));

#define MMUW_DEC_u8 "%u"
#define MMUW_DEC_u16 "%u"
#define MMUW_DEC_u32 "%u"
#define MMUW_DEC_u64 "%llu"
#define MMUW_DEC_s16 "%d"
#define MMUW_DEC_s64 "%lld"
#define MMUW_HEX_u8 "0x%x"
#define MMUW_HEX_u16 "0x%x"
#define MMUW_HEX_u32 "0x%x"
#define MMUW_HEX_u64 "0x%llx"
#define MMUW_SHOW_dec(type) MMUW_DEC_##type
#define MMUW_SHOW_names(type) MMUW_DEC_##type
#define MMUW_SHOW_hex(type) MMUW_HEX_##type
#define MMUW_SHOW_flags(type) MMUW_HEX_##type
#define MMUW_SHOW_letters(type) MMUW_HEX_##type
/* No quotes around texts: libtraceevent takes an escaped one for the end of the format. */
#define MMUW_FORMAT_NUMBER(type, name, show, ...) " " #name "=" MMUW_SHOW_##show(type)
#define MMUW_FORMAT_TEXT(type, name, bytes) " " #name "=%s"
#define MMUW_FORMAT_WORDS(type, name, count) " " #name "=%s"
#define MMUW_VALUE_NUMBER(type, name, ...) , __entry->name
#define MMUW_VALUE_TEXT(type, name, bytes) , __entry->name
#define MMUW_VALUE_WORDS(type, name, count) , __print_array(__entry->name, count, 8)

#define EVENT(name, camel, ...)							\
TRACE_EVENT(mmuw_##name,							\
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_##name##_event *e), \
	TP_ARGS(s, e),								\
	TP_STRUCT__entry(							\
		__field(u64, seq)						\
		__field(u64, ns)						\
		MMUW_BY_SIZE(MMUW_ENTRY, __VA_ARGS__)				\
	),									\
	TP_fast_assign(								\
		__entry->seq = s->seq;						\
		__entry->ns = s->ns;						\
		MMUW_IN_ORDER(MMUW_ASSIGN, __VA_ARGS__)				\
	),									\
	TP_printk("seq=%llu" MMUW_IN_ORDER(MMUW_FORMAT, __VA_ARGS__),		\
		  __entry->seq MMUW_IN_ORDER(MMUW_VALUE, __VA_ARGS__))		\
);
#include "uapi/events.def"
#undef EVENT

#endif /* _MMUWITNESS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
