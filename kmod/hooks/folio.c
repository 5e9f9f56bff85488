// SPDX-License-Identifier: GPL-2.0-only
/* The page cache's side: dirtying, cleaning, writeback, write faults. */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "witness/context.h"
#include "witness/emit.h"
#include "witness/point.h"
#include "hooks/hooks.h"
#include "witness/lock.h"
#include "witness/page.h"
#include "witness/witnessed.h"

static bool fill(struct mmuw_folio_event *e, struct folio *folio, u8 op)
{
	struct kvm *kvm;

	e->file = mmuw_file_id(READ_ONCE(folio->mapping));
	if (!e->file)
		return false;
	kvm = mmuw_context_kvm();
	e->op = op;
	e->index = folio->index;
	e->pages = folio_nr_pages(folio);
	e->page = mmuw_page_flags(folio, folio->index);
	e->vm = mmuw_vm_id(kvm);
	e->vcpu = mmuw_context_vcpu_id();
	e->lock = e->vm ? mmuw_mmu_lock_state(kvm) : MMUWITNESS_LOCK_UNKNOWN;
	return true;
}

static void emit(const struct mmuw_folio_event *e, struct folio *folio)
{
	static const u8 points[] = {
		[MMUWITNESS_FOLIO_DIRTIED] = MMUW_POINT_DIRTIED,
		[MMUWITNESS_FOLIO_KVM_DIRTY] = MMUW_POINT_KVM_DIRTY,
		[MMUWITNESS_FOLIO_CLEAN_BEGIN] = MMUW_POINT_CLEAN_BEGIN,
		[MMUWITNESS_FOLIO_CLEAN_END] = MMUW_POINT_CLEAN_END,
		[MMUWITNESS_FOLIO_MKCLEAN_BEGIN] = MMUW_POINT_MKCLEAN_BEGIN,
		[MMUWITNESS_FOLIO_MKCLEAN_END] = MMUW_POINT_MKCLEAN_END,
		[MMUWITNESS_FOLIO_WB_START] = MMUW_POINT_WRITEBACK_START,
		[MMUWITNESS_FOLIO_WB_END] = MMUW_POINT_WRITEBACK_END,
		[MMUWITNESS_FOLIO_MKWRITE] = MMUW_POINT_PAGE_MKWRITE,
	};

	mmuw_emit(folio, e);
	mmuw_pass_folio(points[e->op], e->vm, e->vcpu, e->file, e->index, e->pages, folio);
}

static bool emit_folio(struct mmuw_call *call, struct folio *folio, u8 op)
{
	struct mmuw_folio_event e = { };

	if (!fill(&e, folio, op))
		return false;
	mmuw_hit(call);
	emit(&e, folio);
	return true;
}

static void emit_return(struct folio *folio, u8 op, long ret)
{
	struct mmuw_folio_event e = { .ret = ret };

	if (fill(&e, folio, op))
		emit(&e, folio);
}

/* bool folio_clear_dirty_for_io(struct folio *folio) */
static void clean_enter(struct mmuw_call *call)
{
	call->wants_return = emit_folio(call, (struct folio *)call->arg[0],
					MMUWITNESS_FOLIO_CLEAN_BEGIN);
}

static void clean_return(struct mmuw_call *call)
{
	emit_return((struct folio *)call->arg[0], MMUWITNESS_FOLIO_CLEAN_END, (bool)call->ret);
}

/* int folio_mkclean(struct folio *folio) */
static void mkclean_enter(struct mmuw_call *call)
{
	if (!emit_folio(call, (struct folio *)call->arg[0], MMUWITNESS_FOLIO_MKCLEAN_BEGIN))
		return;
	mmuw_enter_mkclean();
	call->wants_return = true;
}

static void mkclean_return(struct mmuw_call *call)
{
	mmuw_leave_mkclean();
	emit_return((struct folio *)call->arg[0], MMUWITNESS_FOLIO_MKCLEAN_END, (int)call->ret);
}

/* void __folio_start_writeback(struct folio *folio, bool keep_write) */
static void writeback_start(struct mmuw_call *call)
{
	emit_folio(call, (struct folio *)call->arg[0], MMUWITNESS_FOLIO_WB_START);
}

/* void folio_end_writeback(struct folio *folio): often in interrupt context */
static void writeback_end(struct mmuw_call *call)
{
	emit_folio(call, (struct folio *)call->arg[0], MMUWITNESS_FOLIO_WB_END);
}

/* vm_fault_t do_page_mkwrite(struct vm_fault *vmf, struct folio *folio) */
static void mkwrite(struct mmuw_call *call)
{
	struct vm_fault *vmf = (struct vm_fault *)call->arg[0];

	if (vmf->page)
		emit_folio(call, page_folio(vmf->page), MMUWITNESS_FOLIO_MKWRITE);
}

void mmuw_folio_kvm_dirty(struct mmuw_call *call, unsigned long pfn)
{
	struct mmuw_folio_event e = { };
	struct folio *folio;
	pgoff_t index;
	u16 file;

	folio = mmuw_folio_of_pfn(pfn, &file, &index);
	if (!folio || !fill(&e, folio, MMUWITNESS_FOLIO_KVM_DIRTY))
		return;
	e.index = index;
	e.pages = 1;
	mmuw_hit(call);
	emit(&e, folio);
}

const struct mmuw_hook mmuw_folio_hooks[] = {
	{ .name = "writeback_start", .symbols = { "__folio_start_writeback" },
	  .on_call = writeback_start },
	{ .name = "writeback_end", .symbols = { "folio_end_writeback" },
	  .on_call = writeback_end },
	{ .name = "page_mkwrite", .symbols = { "do_page_mkwrite" }, .on_call = mkwrite },
	{ .name = "clean", .symbols = { "folio_clear_dirty_for_io" },
	  .on_call = clean_enter, .on_return = clean_return },
	{ .name = "mkclean", .symbols = { "folio_mkclean" },
	  .on_call = mkclean_enter, .on_return = mkclean_return },
	{ }
};

/* trace_writeback_dirty_folio(folio, mapping): PG_dirty and the tag, in __folio_mark_dirty() */
static void on_dirty_folio(void *data, struct folio *folio, struct address_space *mapping)
{
	struct mmuw_folio_event e = { };
	struct mmuw_traced *traced = data;

	rcu_read_lock();
	if (fill(&e, folio, MMUWITNESS_FOLIO_DIRTIED)) {
		atomic64_inc(&traced->hits);
		emit(&e, folio);
	}
	rcu_read_unlock();
}

const struct mmuw_tracepoint mmuw_folio_tracepoints[] = {
	{ .name = "dirtied", .system = "writeback", .symbol = "writeback_dirty_folio",
	  .probes = { { on_dirty_folio, "ino index" } } },
	{ }
};
