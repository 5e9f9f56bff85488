/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of what mm asks KVM for: aging, merging, changed PTEs, and pre-faulting.
 * A part of trace.h, which is read several times: no include guard.
 */
/* An aging callback of KVM. */
TRACE_EVENT(young,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_young_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, start)
		__field(u64, end)
		__field(u16, vm)
		__field(u8, op)
		__field(u8, phase)
		__field(u8, promised)
		__field(u8, young)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->start = e->start;
		__entry->end = e->end;
		__entry->vm = e->vm;
		__entry->op = e->op;
		__entry->phase = e->phase;
		__entry->promised = e->promised;
		__entry->young = e->young;
	),
	TP_printk("seq=%llu vm=%u op=%u phase=%u start=0x%llx end=0x%llx promised=%u young=%u",
		  __entry->seq, __entry->vm, __entry->op, __entry->phase,
		  __entry->start, __entry->end, __entry->promised,
		  __entry->young)
);

/* One step of KVM_PRE_FAULT_MEMORY. */
TRACE_EVENT(prefault,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_prefault_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, gfn)
		__field(s64, ret)
		__field(u16, vm)
		__field(s16, vcpu)
		__field(u8, phase)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->gfn = e->gfn;
		__entry->ret = e->ret;
		__entry->vm = e->vm;
		__entry->vcpu = e->vcpu;
		__entry->phase = e->phase;
	),
	TP_printk("seq=%llu vm=%u vcpu=%d phase=%u gfn=0x%llx ret=%lld",
		  __entry->seq, __entry->vm, __entry->vcpu, __entry->phase,
		  __entry->gfn, __entry->ret)
);

/* KSM write-protects a page of the VMM; the notifier events say which. */
TRACE_EVENT(ksm,
	TP_PROTO(const struct mmuw_stamp *s, const struct mmuw_ksm_event *e),
	TP_ARGS(s, e),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(s64, ret)
		__field(u8, phase)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->ret = e->ret;
		__entry->phase = e->phase;
	),
	TP_printk("seq=%llu phase=%u ret=%lld",
		  __entry->seq, __entry->phase, __entry->ret)
);

/* The primary MMU has changed a PTE and tells the notifiers (up to 6.9). */
TRACE_EVENT(change_pte,
	TP_PROTO(const struct mmuw_stamp *s, u64 address),
	TP_ARGS(s, address),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, ns)
		__field(u64, address)
	),
	TP_fast_assign(
		__entry->seq = s->seq;
		__entry->ns = s->ns;
		__entry->address = address;
	),
	TP_printk("seq=%llu address=0x%llx", __entry->seq, __entry->address)
);
