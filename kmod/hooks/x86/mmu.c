// SPDX-License-Identifier: GPL-2.0-only
/* x86: page faults and SPTE changes of the TDP MMU. */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/trace_events.h>

#include "hooks/arch.h"
#include "witness/context.h"
#include "hooks/hooks.h"
#include "witness/witnessed.h"
#include "hooks/spte_event.h"
#include "hooks/x86/spte.h"

/* trace_kvm_tdp_mmu_spte_changed(as_id, gfn, level, old_spte, new_spte) */
static void on_spte_changed(void *data, int as_id, gfn_t gfn, int level, u64 old_spte,
			    u64 new_spte)
{
	struct mmuw_spte_event e = {
		.gfn = gfn, .level = level, .as_id = as_id, .old_spte = old_spte,
		.new_spte = new_spte,
	};
	u8 old_bits = mmuw_spte_bits(old_spte, level), new_bits = mmuw_spte_bits(new_spte, level);
	struct mmuw_traced *traced = data;
	struct kvm *kvm;

	/*
	 * Non-leaf changes move no page, and their children are reported one by one. Told is only
	 * the end of a page table that a huge page may come in place of.
	 */
	if (!((old_bits | new_bits) & MMUWITNESS_SPTE_LEAF) &&
	    (!(old_bits & ~new_bits & MMUWITNESS_SPTE_PRESENT) || level > PG_LEVEL_1G))
		return;
	rcu_read_lock();
	kvm = mmuw_context_kvm();
	if (!kvm)
		kvm = mmuw_spte_kvm_by_page(&e, &traced->missed);
	if (mmuw_vm_id(kvm)) {
		atomic64_inc(&traced->hits);
		mmuw_emit_spte(kvm, &e);
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
	struct mmuw_traced *traced = data;
	struct mmuw_context *ctx;

	if (ret != ret_pf_fixed)
		return;
	rcu_read_lock();
	ctx = mmuw_context();
	if (ctx && ctx->vcpu == vcpu && mmuw_vm_id(vcpu->kvm)) {
		/* Of unknown level: 4K where a log is on, and nobody else looks at it. */
		struct mmuw_spte_event e = {
			.gfn = ctx->fault_gfn, .level = PG_LEVEL_4K, .fast = 1, .old_spte = old_spte,
			.new_spte = old_spte | (ctx->fault_write ? SPTE_WRITABLE : 0),
		};

		atomic64_inc(&traced->hits);
		mmuw_emit_spte(vcpu->kvm, &e);
	}
	rcu_read_unlock();
}

/*
 * RET_PF_FIXED has moved between versions and is private to KVM. The event's
 * print format ends in "REC->ret == RET_PF_FIXED", where the tracing core has
 * put the value for the name (TRACE_DEFINE_ENUM).
 */
static int find_ret_pf_fixed(const struct trace_event_call *event)
{
	const char *value = NULL, *next = event->print_fmt;

	while ((next = strstr(next, "== ")))
		value = next += strlen("== ");
	if (!value || sscanf(value, "%d", &ret_pf_fixed) != 1)
		return -EPROTO;
	return 0;
}

/*
 * int kvm_mmu_faultin_pfn(vcpu, fault, access), kvm_faultin_pfn() up to 6.12: a
 * point and no event. RET_PF_CONTINUE is 0.
 */
static void faultin_enter(struct mmuw_call *call)
{
	struct mmuw_context *ctx = mmuw_context();

	call->wants_return = ctx && ctx->vcpu && ctx->in_fault;
}

static void faultin_return(struct mmuw_call *call)
{
	if (!(int)call->ret)
		mmuw_fault_pfn_found(call);
}

/*
 * void kvm_arch_async_page_ready(struct kvm_vcpu *vcpu, struct kvm_async_pf *work): the
 * page is there that a fault has left to be waited for, and KVM handles it again by
 * itself. As a read, where the error code is not kept.
 */
static void async_page_ready(struct mmuw_call *call)
{
	const struct kvm_async_pf *work = (const struct kvm_async_pf *)call->arg[1];
	struct mmuw_fault_event e = { .gfn = work->arch.gfn };

#ifdef MMUW_ASYNC_PF_HAS_ERROR_CODE
	e.error_code = work->arch.error_code;
	e.write = !!(e.error_code & PFERR_WRITE_MASK);
#endif
	mmuw_fault_begin_of(call, (struct kvm_vcpu *)call->arg[0], &e);
}

/*
 * bool kvm_tdp_mmu_zap_sp(struct kvm *kvm, struct kvm_mmu_page *sp), since 6.18
 * kvm_tdp_mmu_zap_possible_nx_huge_page(): a page table that was made because a huge page may not
 * be executed in is given up, by a thread of KVM's own that is in no ioctl.
 */
static void recovery_enter(struct mmuw_call *call)
{
	struct kvm *kvm = (struct kvm *)call->arg[0];

	if (mmuw_context() || !mmuw_vm_id(kvm))
		return;
	mmuw_enter_vm_ioctl(kvm, 0);
	mmuw_hit(call);
	call->wants_return = true;
}

static void recovery_return(struct mmuw_call *call)
{
	mmuw_leave_ioctl();
}

const struct mmuw_hook mmuw_arch_hooks[] = {
	{ .name = "fault", .symbols = { "kvm_mmu_page_fault" }, .on_call = mmuw_fault_begin },
	{ .name = "fault_async", .symbols = { "kvm_arch_async_page_ready" },
	  .on_call = async_page_ready, .part_of = "fault" },
	{ .name = "pfn_found", .symbols = { "kvm_mmu_faultin_pfn", "kvm_faultin_pfn" },
	  .on_call = faultin_enter, .on_return = faultin_return, .on_demand = true },
	{ .name = "recovery",
	  .symbols = { "kvm_tdp_mmu_zap_possible_nx_huge_page", "kvm_tdp_mmu_zap_sp" },
	  .on_call = recovery_enter, .on_return = recovery_return, .part_of = "spte", .optional = true },
	/* The hook "tlb_flush" tells that, too: no handler. */
	{ .name = "roots",
	  .symbols = { "kvm_make_all_cpus_request_except", "kvm_make_all_cpus_request" } },
	{ }
};

/* trace_kvm_entry(vcpu, force_immediate_exit); without the latter up to 6.8 */
static void on_entry(void *data, struct kvm_vcpu *vcpu, bool force_immediate_exit)
{
	mmuw_fault_reentry(data);
}

static void on_entry_old(void *data, struct kvm_vcpu *vcpu)
{
	mmuw_fault_reentry(data);
}

const struct mmuw_tracepoint mmuw_arch_tracepoints[] = {
	{ .name = "fault_end", .system = "kvm", .symbol = "kvm_entry",
	  .probes = { { on_entry, "vcpu_id immediate_exit" }, { on_entry_old, "vcpu_id" } } },
	{ .name = "spte", .system = "kvmmmu", .symbol = "kvm_tdp_mmu_spte_changed",
	  .probes = { { on_spte_changed, "gfn old_spte new_spte level as_id" } } },
	{ .name = "spte_fast", .system = "kvmmmu", .symbol = "fast_page_fault",
	  .probes = { { on_fast_page_fault, "vcpu_id cr2_or_gpa sptep old_spte new_spte" } },
	  .on_found = find_ret_pf_fixed },
	{ }
};
