// SPDX-License-Identifier: GPL-2.0-only
/* x86: page faults and SPTE changes of the TDP MMU. */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/trace_events.h>

#include "../context.h"
#include "../emit.h"
#include "../every_vm.h"
#include "../gate.h"
#include "../hook.h"
#include "../lock.h"
#include "../page.h"
#include "../session.h"
#include "spte.h"

static u8 decode(u64 spte, int level)
{
	u8 bits = 0;

	if (!(spte & SPTE_PRESENT))
		return 0;
	bits |= MMUWITNESS_SPTE_PRESENT;
	if (level == PG_LEVEL_4K || spte & SPTE_HUGE)
		bits |= MMUWITNESS_SPTE_LEAF;
	if (spte & SPTE_WRITABLE)
		bits |= MMUWITNESS_SPTE_WRITABLE;
	if (spte & mmuw_spte_dirty_mask())
		bits |= MMUWITNESS_SPTE_DIRTY;
	if (spte & mmuw_spte_accessed_mask())
		bits |= MMUWITNESS_SPTE_ACCESSED;
	return bits;
}

static unsigned long pfn_of(u64 spte)
{
	return (__sme_clr(spte) & SPTE_PFN_MASK) >> PAGE_SHIFT;
}

static struct folio *folio_of(struct mmuw_spte_event *e, pgoff_t *index)
{
	u64 spte = decode(e->new, e->level) ? e->new : e->old;

	return mmuw_folio_of_pfn(pfn_of(spte), &e->file, index);
}

static void emit_spte(struct kvm *kvm, struct mmuw_spte_event *e)
{
	struct folio *folio;
	pgoff_t index;

	if (!trace_spte_enabled() && !READ_ONCE(mmuw_gates_set))
		return;
	e->bits_old = decode(e->old, e->level);
	e->bits_new = decode(e->new, e->level);
	/* Without mmu_lock the page may be somebody else's by now. */
	folio = e->fast ? NULL : folio_of(e, &index);
	if (folio) {
		e->index = index;
		e->page = mmuw_page_flags(folio, index);
	} else if (!e->fast && e->bits_new & MMUWITNESS_SPTE_LEAF) {
		e->page = mmuw_ksm_flag(pfn_of(e->new));
	}
	e->vm = mmuw_vm_id(kvm);
	e->vcpu = mmuw_context_vcpu_id();
	e->lock = mmuw_mmu_lock(kvm);
	e->inv_seq = READ_ONCE(kvm->mmu_invalidate_seq);
	e->inv_in_progress = READ_ONCE(kvm->mmu_invalidate_in_progress);
	/* A range of hvas up to 6.1, of gfns since. */
	if (__builtin_types_compatible_p(typeof(kvm->mmu_invalidate_range_start), gfn_t)) {
		e->inv_start = READ_ONCE(kvm->mmu_invalidate_range_start);
		e->inv_end = READ_ONCE(kvm->mmu_invalidate_range_end);
	}
	mmuw_emit(spte, e);
	mmuw_pass(MMUW_POINT_SPTE_CHANGED, e->vm, e->vcpu, e->file, e->gfn,
		  KVM_PAGES_PER_HPAGE(e->level));
}

/* trace_kvm_tdp_mmu_spte_changed(as_id, gfn, level, old_spte, new_spte) */
static void on_spte_changed(void *data, int as_id, gfn_t gfn, int level, u64 old_spte,
			    u64 new_spte)
{
	struct mmuw_spte_event e = {
		.gfn = gfn, .level = level, .as_id = as_id, .old = old_spte, .new = new_spte,
	};
	struct mmuw_tracepoint *p = data;
	pgoff_t index;
	struct kvm *kvm;

	/* Non-leaf changes move no page; their children are reported one by one. */
	if (!((decode(old_spte, level) | decode(new_spte, level)) & MMUWITNESS_SPTE_LEAF))
		return;
	rcu_read_lock();
	kvm = mmuw_context_kvm();
	/* A kernel thread of KVM (6.1 zaps roots in one); whose, the page may tell. */
	if (!kvm && (current->flags & PF_KTHREAD) && folio_of(&e, &index)) {
		kvm = mmuw_vm_only();
		if (!kvm)
			atomic64_inc(&p->missed);
	}
	if (mmuw_vm_id(kvm)) {
		atomic64_inc(&p->hits);
		emit_spte(kvm, &e);
	}
	rcu_read_unlock();
}

struct kvm_page_fault;			/* private to KVM */
static int ret_pf_fixed = -1;

/*
 * trace_fast_page_fault(vcpu, fault, sptep, old_spte, ret): an SPTE made
 * writable (or accessible again) without mmu_lock. There is no other trace of
 * it: fast_pf_fix_direct_spte() is inlined. struct kvm_page_fault is private.
 */
static void on_fast_page_fault(void *data, struct kvm_vcpu *vcpu, struct kvm_page_fault *fault,
			       u64 *sptep, u64 old_spte, int ret)
{
	struct mmuw_tracepoint *p = data;
	struct mmuw_context *ctx;

	if (ret != ret_pf_fixed)
		return;
	rcu_read_lock();
	ctx = mmuw_context();
	if (ctx && ctx->vcpu == vcpu && mmuw_vm_id(vcpu->kvm)) {
		/* Of unknown level: 4K where a log is on, and nobody else looks at it. */
		struct mmuw_spte_event e = {
			.gfn = ctx->fault_gfn, .level = PG_LEVEL_4K, .fast = 1, .old = old_spte,
			.new = old_spte | (ctx->fault_write ? SPTE_WRITABLE : 0),
		};

		atomic64_inc(&p->hits);
		emit_spte(vcpu->kvm, &e);
	}
	rcu_read_unlock();
}

/*
 * RET_PF_FIXED has moved between versions and is private to KVM. The event's
 * print format ends in "REC->ret == RET_PF_FIXED", where the tracing core has
 * put the value for the name (TRACE_DEFINE_ENUM) when the module was loaded.
 */
static int find_ret_pf_fixed(struct module *module)
{
	const char *value = NULL, *next;
	unsigned int i;

	ret_pf_fixed = -1;
	if (!module)
		return -EOPNOTSUPP;
	for (i = 0; i < module->num_trace_events; i++) {
		if (strcmp(trace_event_name(module->trace_events[i]), "fast_page_fault"))
			continue;
		next = module->trace_events[i]->print_fmt;
		while ((next = strstr(next, "== ")))
			value = next += strlen("== ");
	}
	if (!value || sscanf(value, "%d", &ret_pf_fixed) != 1)
		return -EOPNOTSUPP;
	return 0;
}

const char *mmuw_fault_symbol(void)
{
	return "kvm_mmu_page_fault";
}

struct kvm_vcpu *mmuw_fault_args(const unsigned long *arg, gfn_t *gfn, bool *write)
{
	*gfn = arg[1] >> PAGE_SHIFT;
	*write = !!(arg[2] & PFERR_WRITE_MASK);
	return (struct kvm_vcpu *)arg[0];
}

/*
 * int kvm_mmu_page_fault(struct kvm_vcpu *vcpu, gpa_t cr2_or_gpa, u64 error_code, ...)
 *
 * Not a kretprobe: that would double the cost of a fault. It is over when the
 * vCPU enters the guest again, or leaves KVM_RUN.
 */
static void page_fault(struct mmuw_hook *h, const unsigned long *arg)
{
	struct mmuw_fault_event e = {
		.phase = MMUWITNESS_FAULT_BEGIN, .error_code = arg[2],
	};
	struct mmuw_context *ctx = mmuw_context();
	struct kvm_vcpu *vcpu;
	bool write;

	vcpu = mmuw_fault_args(arg, &e.gfn, &write);
	e.vm = mmuw_vm_id(vcpu->kvm);
	e.vcpu = vcpu->vcpu_id;
	e.write = write;
	if (!e.vm || !ctx)
		return;
	mmuw_fault_end();
	ctx->in_fault = true;
	ctx->fault_gfn = e.gfn;
	ctx->fault_write = e.write;
	e.inv_seq = READ_ONCE(vcpu->kvm->mmu_invalidate_seq);
	e.inv_in_progress = READ_ONCE(vcpu->kvm->mmu_invalidate_in_progress);
	atomic64_inc(&h->hits);
	mmuw_emit(fault, &e);
	mmuw_pass(MMUW_POINT_FAULT_BEGIN, e.vm, e.vcpu, 0, e.gfn, 1);
}

/*
 * int kvm_mmu_faultin_pfn(vcpu, fault, access), kvm_faultin_pfn() up to 6.12: a
 * point and no event. RET_PF_CONTINUE is 0.
 */
static bool faultin_enter(struct mmuw_hook *h, struct mmuw_frame *f)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->vcpu && ctx->in_fault;
}

static void faultin_return(struct mmuw_hook *h, struct mmuw_frame *f, unsigned long ret)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx || !ctx->vcpu || (int)ret)
		return;
	atomic64_inc(&h->hits);
	mmuw_pass(MMUW_POINT_PFN_FOUND, mmuw_vm_id(ctx->vcpu->kvm), ctx->vcpu->vcpu_id, 0,
		  ctx->fault_gfn, 1);
}

/*
 * trace_kvm_entry(vcpu, force_immediate_exit); 6.1 has no second argument, which
 * only a kernel that checks the types of indirect calls would mind.
 */
static void on_entry(void *data, struct kvm_vcpu *vcpu, bool force_immediate_exit)
{
	struct mmuw_tracepoint *p = data;
	struct mmuw_context *ctx;

	rcu_read_lock();
	ctx = mmuw_context();
	if (ctx && ctx->in_fault) {
		atomic64_inc(&p->hits);
		mmuw_fault_end();
	}
	rcu_read_unlock();
}

struct mmuw_hook mmuw_arch_hooks[] = {
	{ .name = "fault", .symbols = { "kvm_mmu_page_fault" }, .on_entry = page_fault },
	{ .name = "pfn_found", .symbols = { "kvm_mmu_faultin_pfn", "kvm_faultin_pfn" },
	  .on_enter = faultin_enter, .on_return = faultin_return, .on_demand = true },
	{ }
};

struct mmuw_tracepoint mmuw_arch_tracepoints[] = {
	{ .name = "spte", .symbol = "kvm_tdp_mmu_spte_changed", .probe = on_spte_changed },
	{ .name = "spte_fast", .symbol = "fast_page_fault", .probe = on_fast_page_fault,
	  .on_found = find_ret_pf_fixed },
	{ .name = "fault_end", .symbol = "kvm_entry", .probe = on_entry },
	{ }
};
