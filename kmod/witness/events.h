/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hooks hand to the trace events; values as in uapi/mmuwitness.h. */
#ifndef _MMUWITNESS_EVENTS_H
#define _MMUWITNESS_EVENTS_H

#include <linux/types.h>

#include "uapi/mmuwitness.h"

struct mmuw_stamp {
	u64 seq;
	u64 ns;
};

struct mmuw_notifier_event {
	u64 start, end;			/* hva, end exclusive */
	u8 phase, event, blockable;
};

struct mmuw_ioctl_event {
	s64 ret;
	u32 cmd;
	u16 vm;
	s16 vcpu;
	u8 phase;
};

struct mmuw_log_event {
	u64 gfn;
	u16 vm;
	s16 vcpu;
	u16 slot;
	u8 logging;			/* the memslot has a log */
	u8 lock;
};

struct mmuw_ring_event {
	u64 offset;			/* pages from the start of the slot */
	u16 vm;
	s16 vcpu;
	u16 slot;
	u8 op;
};

struct mmuw_spte_event {
	u64 gfn, old, new;
	u64 inv_seq, inv_start, inv_end;	/* range in gfns, empty: unknown */
	u64 index;
	u32 inv_in_progress, page;
	u16 vm;
	s16 vcpu;
	u16 file;
	u8 level, as_id, fast, lock;
	u8 bits_old, bits_new;
};

struct mmuw_fault_event {
	u64 gfn, error_code, inv_seq;
	u32 inv_in_progress;
	u16 vm;
	s16 vcpu;
	u8 phase, write;
};

struct mmuw_flush_event {
	u64 gfn, pages;			/* pages 0: of the whole VM */
	u16 vm;
	s16 vcpu;
	u8 phase;
};

struct mmuw_young_event {
	u64 start, end;			/* hva, end exclusive */
	u16 vm;
	u8 op, phase, promised, young;
};

struct mmuw_prefault_event {
	u64 gfn;
	s64 ret;			/* bytes, or an error */
	u16 vm;
	s16 vcpu;
	u8 phase;
};

struct mmuw_ksm_event {
	s64 ret;			/* 0: write-protected */
	u8 phase;
};

struct mmuw_folio_event {
	u64 index, pages;
	s64 ret;
	u32 page;
	u16 file;
	u16 vm;
	s16 vcpu;
	u8 op, lock;
};

struct mmuw_gate_event {
	u64 held_ns;			/* when it lets go */
	u16 id;
	u16 vm;
	s16 vcpu;
	u8 phase, point;
};

#endif /* _MMUWITNESS_EVENTS_H */
