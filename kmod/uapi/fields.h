/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * How lists of fields are read: events.def and marks.def, by the module in C and by
 * the harness in C++. A field is one of
 *
 *	(TYPE, name, SHOW)		a number: u8, u16, u32, u64, s16, s64
 *	(TYPE, name, SHOW, TABLE)	the same, with names for its values
 *	(text, name, BYTES)		characters, NUL and what pads it included
 *	(words, name, COUNT)		that many u64
 *
 * SHOW says how it reads: dec; hex; names, the one name in TABLE; flags, names in TABLE
 * with | between them; letters, the same without. TABLE is one of harness/trace/symbols.h.
 *
 *	MMUW_IN_ORDER(WHAT, fields...)	WHAT for each field, in the list's order: the one in
 *					which people read them
 *	MMUW_BY_SIZE(WHAT, fields...)	the longest numbers first: a record without holes
 *
 * WHAT is the beginning of three names of macros, by the class of the field:
 *
 *	WHAT_NUMBER(type, name, show, ...)
 *	WHAT_TEXT(type, name, bytes)
 *	WHAT_WORDS(type, name, count)
 */
#ifndef _UAPI_MMUWITNESS_FIELDS_H
#define _UAPI_MMUWITNESS_FIELDS_H

#define MMUW_CLASS_u8 NUMBER
#define MMUW_CLASS_u16 NUMBER
#define MMUW_CLASS_u32 NUMBER
#define MMUW_CLASS_u64 NUMBER
#define MMUW_CLASS_s16 NUMBER
#define MMUW_CLASS_s64 NUMBER
#define MMUW_CLASS_text TEXT
#define MMUW_CLASS_words WORDS

#define MMUW_PASTE_(a, b) a##_##b
#define MMUW_PASTE(a, b) MMUW_PASTE_(a, b)
#define MMUW_FIELD(what, type, ...) MMUW_PASTE(what, MMUW_CLASS_##type)(type, __VA_ARGS__)

/* MMUW_OF_SIZE_4(what, u64, ...): nothing, since MMUW_SIZE_4_u64 is no macro. */
#define MMUW_SIZE_8_u64 ~, MMUW_FIELD
#define MMUW_SIZE_8_s64 ~, MMUW_FIELD
#define MMUW_SIZE_8_words ~, MMUW_FIELD
#define MMUW_SIZE_4_u32 ~, MMUW_FIELD
#define MMUW_SIZE_2_u16 ~, MMUW_FIELD
#define MMUW_SIZE_2_s16 ~, MMUW_FIELD
#define MMUW_SIZE_1_u8 ~, MMUW_FIELD
#define MMUW_SIZE_1_text ~, MMUW_FIELD
#define MMUW_NOTHING(...)
#define MMUW_SECOND_(a, b, ...) b
#define MMUW_SECOND(...) MMUW_SECOND_(__VA_ARGS__)
#define MMUW_OF_SIZE_8(what, type, ...) \
	MMUW_SECOND(MMUW_SIZE_8_##type, MMUW_NOTHING, ~)(what, type, __VA_ARGS__)
#define MMUW_OF_SIZE_4(what, type, ...) \
	MMUW_SECOND(MMUW_SIZE_4_##type, MMUW_NOTHING, ~)(what, type, __VA_ARGS__)
#define MMUW_OF_SIZE_2(what, type, ...) \
	MMUW_SECOND(MMUW_SIZE_2_##type, MMUW_NOTHING, ~)(what, type, __VA_ARGS__)
#define MMUW_OF_SIZE_1(what, type, ...) \
	MMUW_SECOND(MMUW_SIZE_1_##type, MMUW_NOTHING, ~)(what, type, __VA_ARGS__)

#define MMUW_IN_ORDER(what, ...) MMUW_EACH(MMUW_FIELD, what, __VA_ARGS__)
#define MMUW_BY_SIZE(what, ...) \
	MMUW_EACH(MMUW_OF_SIZE_8, what, __VA_ARGS__) \
	MMUW_EACH(MMUW_OF_SIZE_4, what, __VA_ARGS__) \
	MMUW_EACH(MMUW_OF_SIZE_2, what, __VA_ARGS__) \
	MMUW_EACH(MMUW_OF_SIZE_1, what, __VA_ARGS__)

/* m(what, TYPE, name, ...) for each of at most 24 fields. */
#define MMUW_COUNT_(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, \
		    f18, f19, f20, f21, f22, f23, f24, n, ...) n
#define MMUW_COUNT(...) MMUW_COUNT_(__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, \
				    12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define MMUW_EACH(m, what, ...) \
	MMUW_PASTE(MMUW_EACH, MMUW_COUNT(__VA_ARGS__))(m, what, __VA_ARGS__)
#define MMUW_BARE(...) __VA_ARGS__
#define MMUW_CALL_(m, ...) m(__VA_ARGS__)
#define MMUW_CALL(m, what, field) MMUW_CALL_(m, what, MMUW_BARE field)
#define MMUW_EACH_1(m, what, f) MMUW_CALL(m, what, f)
#define MMUW_EACH_2(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_1(m, what, __VA_ARGS__)
#define MMUW_EACH_3(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_2(m, what, __VA_ARGS__)
#define MMUW_EACH_4(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_3(m, what, __VA_ARGS__)
#define MMUW_EACH_5(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_4(m, what, __VA_ARGS__)
#define MMUW_EACH_6(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_5(m, what, __VA_ARGS__)
#define MMUW_EACH_7(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_6(m, what, __VA_ARGS__)
#define MMUW_EACH_8(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_7(m, what, __VA_ARGS__)
#define MMUW_EACH_9(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_8(m, what, __VA_ARGS__)
#define MMUW_EACH_10(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_9(m, what, __VA_ARGS__)
#define MMUW_EACH_11(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_10(m, what, __VA_ARGS__)
#define MMUW_EACH_12(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_11(m, what, __VA_ARGS__)
#define MMUW_EACH_13(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_12(m, what, __VA_ARGS__)
#define MMUW_EACH_14(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_13(m, what, __VA_ARGS__)
#define MMUW_EACH_15(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_14(m, what, __VA_ARGS__)
#define MMUW_EACH_16(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_15(m, what, __VA_ARGS__)
#define MMUW_EACH_17(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_16(m, what, __VA_ARGS__)
#define MMUW_EACH_18(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_17(m, what, __VA_ARGS__)
#define MMUW_EACH_19(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_18(m, what, __VA_ARGS__)
#define MMUW_EACH_20(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_19(m, what, __VA_ARGS__)
#define MMUW_EACH_21(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_20(m, what, __VA_ARGS__)
#define MMUW_EACH_22(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_21(m, what, __VA_ARGS__)
#define MMUW_EACH_23(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_22(m, what, __VA_ARGS__)
#define MMUW_EACH_24(m, what, f, ...) \
	MMUW_CALL(m, what, f) MMUW_EACH_23(m, what, __VA_ARGS__)

#endif /* _UAPI_MMUWITNESS_FIELDS_H */
