// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vCPUs' TLBs. An entry is used without a look at the translation it was made
 * from, until it is flushed: what a forgotten flush does on hardware, it does here.
 */
#include <linux/highmem.h>

#include "reference/breaks.h"
#include "reference/reference.h"
#include "reference/tell.h"

static void drop(struct mmuw_ref_tlb_entry *entry)
{
	if (entry->page && entry->held)
		put_page(entry->page);
	entry->page = NULL;
}

void mmuw_ref_tlb_drop(struct mmuw_ref_vcpu *vcpu, bool held_too)
{
	unsigned int i;

	spin_lock(&vcpu->tlb_lock);
	for (i = 0; i < MMUW_REF_TLB; i++)
		if (held_too || !vcpu->tlb[i].held)
			drop(&vcpu->tlb[i]);
	spin_unlock(&vcpu->tlb_lock);
}

void mmuw_ref_flush(struct mmuw_ref_vm *vm, enum mmuw_ref_flush_reason why)
{
	bool skipped = mmuw_ref_breaks_flush(vm, why);
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	if (!skipped)
		mmuw_ref_tell_flush(vm, MMUWITNESS_FLUSH_REQUEST);
	/* What was there before the plant has no reference, and its page may go. */
	for (i = 0; i < MMUW_REF_VCPUS; i++)
		if (vm->vcpus[i])
			mmuw_ref_tlb_drop(vm->vcpus[i], !skipped);
	if (!skipped)
		mmuw_ref_tell_flush(vm, MMUWITNESS_FLUSH_DONE);
}

void mmuw_ref_zap_and_flush(struct mmuw_ref_slot *slot, u64 first, u64 end,
			    const struct mmu_notifier_range *range, enum mmuw_ref_flush_reason why)
{
	u64 batch;

	for (; first < end; first = batch) {
		batch = min(first + MMUW_REF_BATCH, end);
		/* Flushed before lock is dropped: another invalidation finds nothing to flush for. */
		if (mmuw_ref_zap(slot, first, batch, range))
			mmuw_ref_flush(slot->vm, why);
		if (batch < end && (!range || mmu_notifier_range_blockable(range)))
			cond_resched_lock(&slot->vm->lock);
	}
}

static void touch(u64 *word, struct mmuwitness_ref_access *access)
{
	switch (access->op) {
	case MMUWITNESS_REF_LOAD:
		access->value = smp_load_acquire(word);
		break;
	case MMUWITNESS_REF_STORE:
		smp_store_release(word, access->value);
		break;
	case MMUWITNESS_REF_ADD:
		access->value = atomic64_add_return(access->value, (atomic64_t *)word);
		break;
	}
}

bool mmuw_ref_tlb_access(struct mmuw_ref_vcpu *vcpu, struct mmuwitness_ref_access *access)
{
	u64 gfn = access->gpa >> PAGE_SHIFT;
	struct mmuw_ref_tlb_entry *entry = &vcpu->tlb[gfn % MMUW_REF_TLB];
	void *page;
	bool hit;

	spin_lock(&vcpu->tlb_lock);
	hit = entry->page && entry->gfn == gfn &&
	      (entry->writable || access->op == MMUWITNESS_REF_LOAD);
	if (hit) {
		page = kmap_local_page(entry->page);
		touch(page + offset_in_page(access->gpa), access);
		kunmap_local(page);
	}
	spin_unlock(&vcpu->tlb_lock);
	return hit;
}

bool mmuw_ref_walk(struct mmuw_ref_vcpu *vcpu, u64 gfn, bool write)
{
	struct mmuw_ref_tlb_entry *entry = &vcpu->tlb[gfn % MMUW_REF_TLB];
	struct mmuw_ref_vm *vm = vcpu->vm;
	const u64 wanted = MMUWITNESS_REF_PRESENT | (write ? MMUWITNESS_REF_WRITABLE : 0);
	bool permits;
	u64 spte;

	spin_lock(&vm->lock);
	spte = mmuw_ref_load(vm, gfn);
	permits = (spte & wanted) == wanted;
	if (permits) {
		/* As hardware does: nobody is told. */
		if (!(spte & MMUWITNESS_REF_ACCESSED))
			xa_store(&vm->translations, gfn,
				 xa_mk_value(spte | MMUWITNESS_REF_ACCESSED), GFP_ATOMIC);
		spin_lock(&vcpu->tlb_lock);
		drop(entry);
		*entry = (struct mmuw_ref_tlb_entry){
			.gfn = gfn, .page = mmuw_ref_page(spte),
			.writable = spte & MMUWITNESS_REF_WRITABLE,
			.held = mmuw_ref_holds_pages(vm),
		};
		if (entry->held)
			get_page(entry->page);
		spin_unlock(&vcpu->tlb_lock);
	}
	spin_unlock(&vm->lock);
	return permits;
}
