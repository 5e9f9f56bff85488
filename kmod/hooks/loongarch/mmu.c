// SPDX-License-Identifier: GPL-2.0-only
/*
 * LoongArch: page faults of the guest, and changes of its GPA page table. KVM has
 * no tracepoint for those. What takes rights away are callbacks of a walker, one
 * call for an entry; what gives them is inlined into the fault's handler, of
 * which the calls are watched that it makes before and after.
 */
#include <linux/kvm_host.h>

#include <asm/kvm_mmu.h>

#include "hooks/arch.h"
#include "hooks/loongarch/pte.h"
#include "witness/context.h"
#include "hooks/hooks.h"
#include "witness/witnessed.h"
#include "hooks/spte_event.h"

static struct mmuw_context *fault_context(void)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->vcpu && ctx->in_fault ? ctx : NULL;
}

/* kvm_pfn_t __kvm_faultin_pfn(const struct kvm_memory_slot *slot, gfn_t gfn, ...) */
static void pfn_enter(struct mmuw_call *call)
{
	call->wants_return = fault_context();
}

static void pfn_return(struct mmuw_call *call)
{
	if (!is_error_noslot_pfn(call->ret))
		mmuw_fault_pfn_found(call);
}

static void emit(struct mmuw_call *call, struct kvm *kvm, u64 gfn, int level, u64 old, u64 new)
{
	struct mmuw_spte_event e = {
		.gfn = gfn & ~(mmuw_spte_pages(level) - 1), .level = level,
		.old_spte = old, .new_spte = new,
	};

	if (!mmuw_vm_id(kvm))
		return;
	mmuw_hit(call);
	mmuw_emit_spte(kvm, &e);
}

/*
 * kvm_pte_t *kvm_populate_gpa(struct kvm *kvm, cache, unsigned long gpa, int level)
 *
 * A fault asks for the entry that it is about to make, or, in the fast path, to
 * change; mmu_lock is held until it has. The last call is the one that counts.
 */
static void populate_enter(struct mmuw_call *call)
{
	call->wants_return = fault_context();
}

static void populate_return(struct mmuw_call *call)
{
	struct mmuw_context *ctx = fault_context();

	if (!ctx || !mmuw_vm_id(ctx->kvm))
		return;
	mmuw_hit(call);
	ctx->fault_sptep = (u64 *)call->ret;
	ctx->fault_spte = call->ret ? READ_ONCE(*ctx->fault_sptep) : 0;
}

/*
 * void kvm_release_page_dirty(struct page *page)
 * void kvm_release_page_clean(struct page *page)
 *
 * The slow path has made the entry, and still holds mmu_lock (since 6.13).
 */
static void mapped(struct mmuw_call *call)
{
	struct mmuw_context *ctx = fault_context();
	u64 old, new;

	if (!ctx || !ctx->fault_sptep)
		return;
	old = ctx->fault_spte;
	new = READ_ONCE(*ctx->fault_sptep);
	if (mmuw_is_huge_pte(old) && !mmuw_is_huge_pte(new)) {
		/* Split: what it was made of has the same rights, but for this page. */
		const u64 *table = phys_to_virt(new);

		emit(call, ctx->kvm, ctx->fault_gfn, 2, old, new);
		new = READ_ONCE(table[ctx->fault_gfn & (PTRS_PER_PTE - 1)]);
		old = kvm_pfn_pte(kvm_pte_pfn(new), __pgprot(kvm_pte_mksmall(old) & ~_PFN_MASK));
		emit(call, ctx->kvm, ctx->fault_gfn, 1, old, new);
	} else {
		emit(call, ctx->kvm, ctx->fault_gfn, mmuw_is_huge_pte(new) ? 2 : 1, old, new);
	}
	ctx->fault_sptep = NULL;
}

/* Its return tells nothing more. */
static void mapped_return(struct mmuw_call *call)
{
}

/*
 * void mark_page_dirty(struct kvm *kvm, gfn_t gfn)
 *
 * In a fault it is called by the fast path only, which has just made a clean entry
 * dirty, and dropped mmu_lock.
 */
static void made_dirty(struct mmuw_call *call)
{
	struct mmuw_context *ctx = fault_context();
	struct mmuw_spte_event e = { .gfn = call->arg[1], .level = 1, .fast = 1 };

	if (!ctx || !ctx->fault_sptep || call->arg[1] != ctx->fault_gfn || !mmuw_vm_id(ctx->kvm))
		return;
	e.old_spte = ctx->fault_spte;
	e.new_spte = kvm_pte_mkdirty(kvm_pte_mkyoung(e.old_spte));
	if (mmuw_is_huge_pte(e.old_spte)) {
		e.level = 2;
		e.gfn &= ~(mmuw_spte_pages(2) - 1);
	}
	mmuw_hit(call);
	mmuw_emit_spte(ctx->kvm, &e);
}

/*
 * int kvm_mkclean_pte(kvm_pte_t *pte, phys_addr_t addr, kvm_ptw_ctx *ctx)
 *
 * Under mmu_lock, as the next two: what it is about to do is done.
 */
static void mkclean(struct mmuw_call *call)
{
	const kvm_ptw_ctx *walk = (const kvm_ptw_ctx *)call->arg[2];
	u64 old = READ_ONCE(*(kvm_pte_t *)call->arg[0]), gfn = call->arg[1] >> PAGE_SHIFT;

	if ((walk->flag & _KVM_HAS_PGMASK) && !kvm_pte_huge(old) &&
	    !(BIT(gfn - walk->gfn) & walk->mask))
		return;
	if (kvm_pte_dirty(old))
		emit(call, walk->opaque, gfn, walk->level + 1, old, kvm_pte_mkclean(old));
}

/* int kvm_mkold_pte(kvm_pte_t *pte, phys_addr_t addr, kvm_ptw_ctx *ctx) */
static void mkold(struct mmuw_call *call)
{
	const kvm_ptw_ctx *walk = (const kvm_ptw_ctx *)call->arg[2];
	u64 old = READ_ONCE(*(kvm_pte_t *)call->arg[0]);

	if (kvm_pte_young(old))
		emit(call, walk->opaque, call->arg[1] >> PAGE_SHIFT, walk->level + 1, old,
		     kvm_pte_mkold(old));
}

/* int kvm_flush_pte(kvm_pte_t *pte, phys_addr_t addr, kvm_ptw_ctx *ctx): the entry goes */
static void flush(struct mmuw_call *call)
{
	const kvm_ptw_ctx *walk = (const kvm_ptw_ctx *)call->arg[2];

	emit(call, walk->opaque, call->arg[1] >> PAGE_SHIFT, walk->level + 1,
	     READ_ONCE(*(kvm_pte_t *)call->arg[0]), 0);
}

const struct mmuw_hook mmuw_arch_hooks[] = {
	{ .name = "fault", .symbols = { "kvm_handle_mm_fault" }, .on_call = mmuw_fault_begin },
	{ .name = "pfn_found", .symbols = { "__kvm_faultin_pfn" },
	  .on_call = pfn_enter, .on_return = pfn_return, .on_demand = true },
	{ .name = "spte", .symbols = { "kvm_populate_gpa" },
	  .on_call = populate_enter, .on_return = populate_return },
	{ .name = "spte_map", .symbols = { "kvm_release_page_dirty" },
	  .on_call = mapped, .on_return = mapped_return, .part_of = "spte" },
	{ .name = "spte_map_clean", .symbols = { "kvm_release_page_clean" },
	  .on_call = mapped, .on_return = mapped_return, .part_of = "spte" },
	{ .name = "spte_fast", .symbols = { "mark_page_dirty" }, .on_call = made_dirty },
	{ .name = "spte_clean", .symbols = { "kvm_mkclean_pte" }, .on_call = mkclean,
	  .part_of = "spte" },
	{ .name = "spte_age", .symbols = { "kvm_mkold_pte" }, .on_call = mkold },
	{ .name = "spte_unmap", .symbols = { "kvm_flush_pte" }, .on_call = flush,
	  .part_of = "spte" },
	{ }
};

/* trace_kvm_reenter(vcpu) */
static void on_reenter(void *data, struct kvm_vcpu *vcpu)
{
	mmuw_fault_reentry(data);
}

const struct mmuw_tracepoint mmuw_arch_tracepoints[] = {
	{ .name = "fault_end", .system = "kvm", .symbol = "kvm_reenter",
	  .probes = { { on_reenter, "pc" } } },
	{ }
};
