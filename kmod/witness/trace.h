/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of the witness. Values are those of uapi/mmuwitness.h.
 *
 * seq is taken before the record is written, from one counter for all CPUs:
 * a gap shows a record that the ring buffer dropped without counting it (too
 * deep a recursion). ns is CLOCK_MONOTONIC: the recording's own clock is
 * "counter", which orders events but says nothing of time.
 *
 * vm, file: ids of the session, 0 when unknown in this context.
 * vcpu: vcpu_id, -1 outside of KVM_RUN.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmuwitness

#if !defined(_MMUWITNESS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _MMUWITNESS_TRACE_H

#include <linux/tracepoint.h>

#include "witness/events.h"

TRACE_EVENT(notifier,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_notifier_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, start)
		__field(u64, end)
		__field(u8, phase)
		__field(u8, event)
		__field(u8, blockable)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->start = e->start;
		__entry->end = e->end;
		__entry->phase = e->phase;
		__entry->event = e->event;
		__entry->blockable = e->blockable;
	),
	TP_printk("seq=%llu phase=%u event=%u start=0x%llx end=0x%llx",
		  __entry->seq, __entry->phase, __entry->event,
		  __entry->start, __entry->end)
);

TRACE_EVENT(vm_ioctl,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_ioctl_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(s64, ret)
		__field(u32, cmd)
		__field(u16, vm)
		__field(u8, phase)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->ret = e->ret;
		__entry->cmd = e->cmd;
		__entry->vm = e->vm;
		__entry->phase = e->phase;
	),
	TP_printk("seq=%llu vm=%u phase=%u cmd=0x%x ret=%lld",
		  __entry->seq, __entry->vm, __entry->phase, __entry->cmd,
		  __entry->ret)
);

TRACE_EVENT(vcpu_run,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_ioctl_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(s64, ret)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u8, phase)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->ret = e->ret;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->phase = e->phase;
	),
	TP_printk("seq=%llu vm=%u vcpu=%d phase=%u ret=%lld",
		  __entry->seq, __entry->vm, __entry->vcpu, __entry->phase,
		  __entry->ret)
);

TRACE_EVENT(log_mark,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_log_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, gfn)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u16, slot)
		__field(u8, logging)
		__field(u8, lock)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->gfn = e->gfn;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->slot = e->slot;
		__entry->logging = e->logging;
		__entry->lock = e->lock;
	),
	TP_printk("seq=%llu vm=%u vcpu=%d slot=%u gfn=0x%llx logging=%u lock=%u",
		  __entry->seq, __entry->vm, __entry->vcpu, __entry->slot,
		  __entry->gfn, __entry->logging, __entry->lock)
);

TRACE_EVENT(ring,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_ring_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, offset)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u16, slot)
		__field(u8, op)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->offset = e->offset;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->slot = e->slot;
		__entry->op = e->op;
	),
	TP_printk("seq=%llu vm=%u vcpu=%d op=%u slot=%u offset=0x%llx",
		  __entry->seq, __entry->vm, __entry->vcpu, __entry->op,
		  __entry->slot, __entry->offset)
);

/*
 * fast: made by the lockless fast page fault path; then the folio and the
 * invalidation fields are a later look, not that of the change.
 * bits_old, bits_new: MMUWITNESS_SPTE_*. page: MMUWITNESS_PAGE_* of the folio.
 */
TRACE_EVENT(spte,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_spte_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, gfn)
		__field(u64, old)
		__field(u64, new)
		__field(u64, inv_seq)
		__field(u64, inv_start)
		__field(u64, inv_end)
		__field(u64, index)
		__field(u32, inv_in_progress)
		__field(u32, page)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u16, file)
		__field(u8, level)
		__field(u8, as_id)
		__field(u8, fast)
		__field(u8, lock)
		__field(u8, bits_old)
		__field(u8, bits_new)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->gfn = e->gfn;
		__entry->old = e->old;
		__entry->new = e->new;
		__entry->inv_seq = e->inv_seq;
		__entry->inv_start = e->inv_start;
		__entry->inv_end = e->inv_end;
		__entry->index = e->index;
		__entry->inv_in_progress = e->inv_in_progress;
		__entry->page = e->page;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->file = e->file;
		__entry->level = e->level;
		__entry->as_id = e->as_id;
		__entry->fast = e->fast;
		__entry->lock = e->lock;
		__entry->bits_old = e->bits_old;
		__entry->bits_new = e->bits_new;
	),
	TP_printk("seq=%llu vm=%u vcpu=%d gfn=0x%llx level=%u fast=%u old=0x%llx new=0x%llx page=0x%x",
		  __entry->seq, __entry->vm, __entry->vcpu, __entry->gfn,
		  __entry->level, __entry->fast, __entry->old, __entry->new,
		  __entry->page)
);

TRACE_EVENT(fault,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_fault_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, gfn)
		__field(u64, error_code)
		__field(u64, inv_seq)
		__field(u32, inv_in_progress)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u8, phase)
		__field(u8, write)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->gfn = e->gfn;
		__entry->error_code = e->error_code;
		__entry->inv_seq = e->inv_seq;
		__entry->inv_in_progress = e->inv_in_progress;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->phase = e->phase;
		__entry->write = e->write;
	),
	TP_printk("seq=%llu vm=%u vcpu=%d phase=%u gfn=0x%llx write=%u inv_seq=%llu",
		  __entry->seq, __entry->vm, __entry->vcpu, __entry->phase,
		  __entry->gfn, __entry->write, __entry->inv_seq)
);

TRACE_EVENT(tlb_flush,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_flush_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, gfn)
		__field(u64, pages)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u8, phase)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->gfn = e->gfn;
		__entry->pages = e->pages;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->phase = e->phase;
	),
	TP_printk("seq=%llu vm=%u vcpu=%d phase=%u gfn=0x%llx pages=%llu",
		  __entry->seq, __entry->vm, __entry->vcpu, __entry->phase,
		  __entry->gfn, __entry->pages)
);

TRACE_EVENT(folio,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_folio_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, index)
		__field(u64, pages)
		__field(s64, ret)
		__field(u32, page)
		__field(u16, file)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u8, op)
		__field(u8, lock)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->index = e->index;
		__entry->pages = e->pages;
		__entry->ret = e->ret;
		__entry->page = e->page;
		__entry->file = e->file;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->op = e->op;
		__entry->lock = e->lock;
	),
	TP_printk("seq=%llu op=%u file=%u index=0x%llx pages=%llu page=0x%x vm=%u lock=%u ret=%lld",
		  __entry->seq, __entry->op, __entry->file, __entry->index,
		  __entry->pages, __entry->page, __entry->vm, __entry->lock,
		  __entry->ret)
);

#include "witness/trace_mm.h"

TRACE_EVENT(page_state,
	TP_PROTO(const struct mmuw_stamp *s, u16 file, u64 index, u32 page),
	TP_ARGS(s, file, index, page),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, index)
		__field(u32, page)
		__field(u16, file)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->index = index;
		__entry->page = page;
		__entry->file = file;
	),
	TP_printk("seq=%llu file=%u index=0x%llx page=0x%x",
		  __entry->seq, __entry->file, __entry->index, __entry->page)
);

TRACE_EVENT(mark,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuwitness_mark *m),
	TP_ARGS(s, m),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__array(u64, a, 6)
		__field(u32, kind)
		__field(u16, vm)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		memcpy(__entry->a, m->a, sizeof(__entry->a));
		__entry->kind = m->kind;
		__entry->vm = m->vm;
	),
	TP_printk("seq=%llu kind=%u vm=%u a=0x%llx,0x%llx,0x%llx,0x%llx,0x%llx,0x%llx",
		  __entry->seq, __entry->kind, __entry->vm, __entry->a[0],
		  __entry->a[1], __entry->a[2], __entry->a[3], __entry->a[4],
		  __entry->a[5])
);

TRACE_EVENT(note,
	TP_PROTO(const struct mmuw_stamp *s, u32 kind, const char *text),
	TP_ARGS(s, kind, text),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u32, kind)
		__array(char, text, MMUWITNESS_TEXT_LEN)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->kind = kind;
		memcpy(__entry->text, text, MMUWITNESS_TEXT_LEN);
	),
	TP_printk("seq=%llu kind=%u %s", __entry->seq, __entry->kind, __entry->text)
);

/* A gate holds a task, or lets it go. */
TRACE_EVENT(gate,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_gate_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, held_ns)
		__field(u16, id)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u8, phase)
		__field(u8, point)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->held_ns = e->held_ns;
		__entry->id = e->id;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->phase = e->phase;
		__entry->point = e->point;
	),
	TP_printk("seq=%llu id=%u phase=%u point=%u vm=%u vcpu=%d held_ns=%llu",
		  __entry->seq, __entry->id, __entry->phase, __entry->point,
		  __entry->vm, __entry->vcpu, __entry->held_ns)
);

/* A plant fired. */
TRACE_EVENT(plant,
	TP_PROTO(const struct mmuw_stamp *s, u16 vm, u64 arg, const char *name),
	TP_ARGS(s, vm, arg, name),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, arg)
		__field(u16, vm)
		__array(char, name, MMUWITNESS_NAME_LEN)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->arg = arg;
		__entry->vm = vm;
		strscpy(__entry->name, name, MMUWITNESS_NAME_LEN);
	),
	TP_printk("seq=%llu %s vm=%u arg=0x%llx", __entry->seq, __entry->name,
		  __entry->vm, __entry->arg)
);

#endif /* _MMUWITNESS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
