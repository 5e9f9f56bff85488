// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64: stage-2 faults, and changes of stage-2 entries. There is no tracepoint
 * for those: KVM's page-table walkers are watched, each of which visits one
 * entry. They are static, and called by pointer only, so they are never inlined.
 */
#include <asm/virt.h>
#include <linux/kvm_host.h>

#include "hooks/arch.h"
#include "witness/context.h"
#include "hooks/hooks.h"
#include "witness/witnessed.h"
#include "witness/symbol.h"
#include "hooks/spte_event.h"
#include "hooks/arm64/stage2.h"

/* What gives the fault its pfn (hook_fault.c); mmu_lock comes next. */
static void pfn_enter(struct mmuw_call *call)
{
	struct mmuw_context *ctx = mmuw_context();

	call->wants_return = ctx && ctx->vcpu && ctx->in_fault;
}

static void pfn_return(struct mmuw_call *call)
{
	if (!is_error_noslot_pfn(call->ret))
		mmuw_fault_pfn_found(call);
}

static void emit(struct mmuw_call *call, const struct mmuw_visit *v, kvm_pte_t new)
{
	struct mmuw_spte_event e = {
		.gfn = v->addr >> PAGE_SHIFT, .level = v->level, .old_spte = v->old,
		.new_spte = new,
	};
	struct kvm *kvm = mmuw_context_kvm();

	/* A block is found by any address in it. */
	e.gfn &= ~(mmuw_spte_pages(e.level) - 1);
	if (!kvm)
		kvm = mmuw_spte_kvm_by_page(&e, &call->hooked->missed);
	if (!mmuw_vm_id(kvm))
		return;
	mmuw_hit(call);
	mmuw_emit_spte(kvm, &e);
}

/* What a return has to know: the visit, whose structure may be gone, and more. */
static void save(struct mmuw_call *call, const struct mmuw_visit *v, u64 more)
{
	call->saved[0] = v->addr;
	call->saved[1] = (unsigned long)v->ptep;
	call->saved[2] = v->old;
	call->saved[3] = v->level;
	call->saved[4] = more;
}

static struct mmuw_visit saved_visit(const struct mmuw_call *call)
{
	return (struct mmuw_visit){
		.addr = call->saved[0], .ptep = (kvm_pte_t *)call->saved[1], .old = call->saved[2],
		.level = call->saved[3],
	};
}

/*
 * stage2_map_walker(): an entry is made, and may replace a block, or a table that
 * a block takes the place of (up to 6.2 in two steps, before and after the table's
 * own entries). Afterwards, under the read side of mmu_lock, others may change it
 * at once: as what it was made is in the walker's data, which begin with these in
 * 6.1 to 7.2.
 */
struct map_data {
	u64 phys;
	kvm_pte_t attr;
};

static void map_enter(struct mmuw_call *call)
{
	struct mmuw_visit v = mmuw_visit(call->arg);
	const struct map_data *data = v.data;
	struct mmuw_context *ctx = mmuw_context();

	/* Addresses of a table that nothing leads to yet are not the guest's. */
	if (!mmuw_vm_id(mmuw_context_kvm()) || ctx->in_split)
		return;
	/* A table is passed by on the way to one of its pages. */
	if (v.what == KVM_PGTABLE_WALK_TABLE_PRE &&
	    v.bytes < mmuw_spte_pages(v.level) << PAGE_SHIFT)
		return;
	save(call, &v, data->attr);
	call->wants_return = true;
}

/* A table gives way to a block: its entries go without being visited. RCU frees it. */
static void emit_children(struct mmuw_call *call, const struct mmuw_visit *v)
{
	const kvm_pte_t *table = phys_to_virt(kvm_pte_to_phys(v->old));
	struct mmuw_visit child = { .level = v->level - 1 };
	u64 block = mmuw_spte_pages(v->level) << PAGE_SHIFT;
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++) {
		child.old = READ_ONCE(table[i]);
		child.addr = (v->addr & ~(block - 1)) + i * (block / PTRS_PER_PTE);
		if (mmuw_stage2_is_leaf(child.old, child.level))
			emit(call, &child, 0);
	}
}

static void map_return(struct mmuw_call *call)
{
	const kvm_pte_t permissions = MMUW_S2_READABLE | MMUW_S2_WRITABLE | MMUW_S2_ACCESSED;
	struct mmuw_visit v = saved_visit(call);
	kvm_pte_t now = READ_ONCE(*v.ptep);

	if ((int)call->ret || now == v.old)
		return;
	if (mmuw_stage2_is_table(v.old, v.level))
		emit_children(call, &v);
	if (mmuw_stage2_is_leaf(now, v.level))
		emit(call, &v, (now & ~permissions) | (call->saved[4] & permissions));
	else if (mmuw_stage2_is_leaf(v.old, v.level))
		/* Entries of the new table are made one by one, as the guest asks for them. */
		emit(call, &v, 0);
}

/*
 * stage2_split_walker(), since 6.5: a table takes the place of a block, and maps the same, by
 * smaller blocks or by pages (KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE). stage2_map_walker() fills it
 * before that. Under mmu_lock for writing.
 */
static void split_enter(struct mmuw_call *call)
{
	struct mmuw_visit v = mmuw_visit(call->arg);
	struct mmuw_context *ctx = mmuw_context();

	if (v.level == 1 || !mmuw_stage2_is_leaf(v.old, v.level) ||
	    !mmuw_vm_id(mmuw_context_kvm()))
		return;
	ctx->in_split = true;
	save(call, &v, 0);
	call->wants_return = true;
}

/* One event a table: what it has in it is as it was. */
static void emit_split(struct mmuw_call *call, const struct mmuw_visit *v)
{
	kvm_pte_t now = READ_ONCE(*v->ptep);
	u64 child_bytes = mmuw_spte_pages(v->level - 1) << PAGE_SHIFT;
	struct mmuw_visit child = { .level = v->level - 1 };
	unsigned int i;

	if (!mmuw_stage2_is_table(now, v->level))
		return;
	emit(call, v, now);
	for (i = 0; child.level > 1 && i < PTRS_PER_PTE; i++) {
		child.ptep = (kvm_pte_t *)phys_to_virt(kvm_pte_to_phys(now)) + i;
		child.addr = v->addr + i * child_bytes;
		child.old = v->old + i * child_bytes;
		emit_split(call, &child);
	}
}

static void split_return(struct mmuw_call *call)
{
	struct mmuw_visit v = saved_visit(call);
	struct mmuw_context *ctx = mmuw_context();

	if (ctx)
		ctx->in_split = false;
	if ((int)call->ret)
		return;
	v.addr &= ~((mmuw_spte_pages(v.level) << PAGE_SHIFT) - 1);
	emit_split(call, &v);
}

/*
 * stage2_attr_walker(): bits of a valid entry are set and cleared, up to 6.2 also
 * those of aging. Its data begin with these in 6.1 to 7.2. It fails if another
 * vCPU was faster.
 */
struct attr_data {
	kvm_pte_t set, clear;
};

static void attr_enter(struct mmuw_call *call)
{
	struct mmuw_visit v = mmuw_visit(call->arg);
	const struct attr_data *data = v.data;
	kvm_pte_t new = (v.old & ~data->clear) | data->set;

	if (!mmuw_stage2_is_leaf(v.old, v.level) || new == v.old ||
	    !mmuw_vm_id(mmuw_context_kvm()))
		return;
	save(call, &v, new);
	call->wants_return = true;
}

static void attr_return(struct mmuw_call *call)
{
	struct mmuw_visit v = saved_visit(call);

	if (!(int)call->ret)
		emit(call, &v, call->saved[4]);
}

/*
 * stage2_age_walker(): data begin with bool mkold. Under mmu_lock for writing, as
 * the next one: what it is about to do is done.
 */
static void age(struct mmuw_call *call)
{
	struct mmuw_visit v = mmuw_visit(call->arg);

	if (mmuw_stage2_is_leaf(v.old, v.level) && v.old & MMUW_S2_ACCESSED &&
	    *(const bool *)v.data)
		emit(call, &v, v.old & ~MMUW_S2_ACCESSED);
}

/* stage2_unmap_walker(): the entry goes, and its TLB entries with it or after the walk. */
static void unmap(struct mmuw_call *call)
{
	struct mmuw_visit v = mmuw_visit(call->arg);

	if (mmuw_stage2_is_leaf(v.old, v.level))
		emit(call, &v, 0);
}

/* Since 6.14 a protected KVM keeps the tables in EL2. */
static const char *tables_hidden(void)
{
	return is_protected_kvm_enabled() && mmuw_symbol_address("pkvm_pgtable_stage2_map") ?
	       "EL2 keeps the stage-2 tables (protected mode)" : NULL;
}

const struct mmuw_hook mmuw_arch_hooks[] = {
	{ .name = "fault", .symbols = { "kvm_handle_guest_abort" }, .on_call = mmuw_fault_begin },
	{ .name = "pfn_found", .symbols = { "__kvm_faultin_pfn", "__gfn_to_pfn_memslot" },
	  .on_call = pfn_enter, .on_return = pfn_return, .on_demand = true },
	{ .name = "spte", .symbols = { "stage2_map_walker" },
	  .on_call = map_enter, .on_return = map_return, .hidden = tables_hidden },
	{ .name = "spte_split", .symbols = { "stage2_split_walker" },
	  .on_call = split_enter, .on_return = split_return, .hidden = tables_hidden,
	  .part_of = "spte", .optional = true },
	{ .name = "spte_attributes", .symbols = { "stage2_attr_walker" },
	  .on_call = attr_enter, .on_return = attr_return, .hidden = tables_hidden,
	  .part_of = "spte" },
	{ .name = "spte_age", .symbols = { "stage2_age_walker" }, .on_call = age,
	  .hidden = tables_hidden },
	{ .name = "spte_unmap", .symbols = { "stage2_unmap_walker" }, .on_call = unmap,
	  .hidden = tables_hidden, .part_of = "spte" },
	{ }
};

/* trace_kvm_entry(vcpu_pc) */
static void on_entry(void *data, unsigned long vcpu_pc)
{
	mmuw_fault_reentry(data);
}

const struct mmuw_tracepoint mmuw_arch_tracepoints[] = {
	{ .name = "fault_end", .system = "kvm", .symbol = "kvm_entry",
	  .probes = { { on_entry, "vcpu_pc" } } },
	{ }
};
