// SPDX-License-Identifier: GPL-2.0-only
/* The one place where the trace events are made, and numbered. */
#include <linux/export.h>

#define CREATE_TRACE_POINTS
#include "witness/trace.h"
#undef CREATE_TRACE_POINTS

#include "witness/emit.h"

atomic64_t mmuw_seq;
EXPORT_SYMBOL_GPL(mmuw_seq);

/* For the modules of the reference MMU and of the plants. */
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_vm_ioctl);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_log_mark);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_ring);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_spte);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_fault);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_tlb_flush);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_folio);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_young);
EXPORT_TRACEPOINT_SYMBOL_GPL(mmuw_plant);
