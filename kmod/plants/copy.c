// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest keeps the old page when the VMM writes to one that it shares and gets a copy
 * (wp_page_copy()). The old page may be freed by then, so it is kept here, until the SPTE
 * is taken away after all.
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>

#include "plants/plant.h"
#include "witness/context.h"
#include "witness/lock.h"
#include "witness/symbol.h"

#define MAX_KEPT 1024

static struct kept {
	struct kvm *kvm;
	u16 as_id;
	gfn_t gfn;
	struct page *page;
} kept[MAX_KEPT];
static unsigned int count;
static DEFINE_SPINLOCK(kept_lock);	/* inside mmu_lock */

static bool (*unmap_gfn_range)(struct kvm *kvm, struct kvm_gfn_range *range);
static void (*flush_remote_tlbs)(struct kvm *kvm);

static bool keep(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn, struct page *page)
{
	bool room;

	spin_lock(&kept_lock);
	room = count < MAX_KEPT;
	if (room)
		kept[count++] = (struct kept){ kvm, slot->as_id, gfn, page };
	spin_unlock(&kept_lock);
	return room;
}

/* MMU_NOTIFY_CLEAR of one page, in a fault of the VMM's own: no reclaim, no KSM, no fork. */
static bool is_copied(const struct kvm *kvm, const struct kvm_gfn_range *range)
{
	const struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->in_notifier && ctx->notifier_kvm == kvm &&
	       ctx->notifier_event == MMU_NOTIFY_CLEAR && !ctx->in_mkclean && !ctx->in_ksm &&
	       current->mm == kvm->mm && range->end - range->start == 1;
}

/* bool kvm_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range), under mmu_lock */
static enum mmuw_plant_act unmap_of_copied(struct mmuw_plant *p, struct kvm *kvm,
					   const unsigned long *arg)
{
	const struct kvm_gfn_range *range = (const struct kvm_gfn_range *)arg[1];
	struct page *page;

	if (!mmuw_plant_can_count(kvm) || !is_copied(kvm, range) ||
	    !get_user_page_fast_only(__gfn_to_hva_memslot(range->slot, range->start), 0, &page))
		return MMUW_PLANT_LEAVE;
	if (keep(kvm, range->slot, range->start, page))
		return MMUW_PLANT_SKIP;
	put_page(page);
	return MMUW_PLANT_LEAVE;
}

/* As an invalidation: KVM asserts that one is in progress, and faults under way look again. */
static void unmap(const struct kept *k)
{
	struct kvm_memory_slot *slot;
	int idx = srcu_read_lock(&k->kvm->srcu);
	int bkt;

	mmuw_mmu_write_lock(k->kvm);
	k->kvm->mmu_invalidate_in_progress++;
	kvm_for_each_memslot(slot, bkt, __kvm_memslots(k->kvm, k->as_id)) {
		struct kvm_gfn_range range = { .slot = slot, .start = k->gfn, .end = k->gfn + 1 };

		/* Of a memslot that is gone, nothing is mapped. */
		if (k->gfn >= slot->base_gfn && k->gfn < slot->base_gfn + slot->npages &&
		    unmap_gfn_range(k->kvm, &range))
			flush_remote_tlbs(k->kvm);
	}
	k->kvm->mmu_invalidate_seq++;
	k->kvm->mmu_invalidate_in_progress--;
	mmuw_mmu_write_unlock(k->kvm);
	srcu_read_unlock(&k->kvm->srcu, idx);
}

/* One of this page, or of any VM and page (kvm NULL); false: there is none. */
static bool take(struct kvm *kvm, gfn_t gfn, struct kept *k)
{
	unsigned int i;
	bool found;

	spin_lock(&kept_lock);
	for (i = 0; i < count; i++)
		if (!kvm || (kept[i].kvm == kvm && kept[i].gfn == gfn))
			break;
	found = i < count;
	if (found) {
		*k = kept[i];
		kept[i] = kept[--count];
	}
	spin_unlock(&kept_lock);
	return found;
}

static void give_up(struct kvm *kvm, gfn_t gfn)
{
	struct kept k;

	while (READ_ONCE(count) && take(kvm, gfn, &k)) {
		unmap(&k);
		put_page(k.page);
	}
}

void mmuw_plant_give_up_copies(void)
{
	give_up(NULL, 0);
}

/* A fault that finds the new page is a BUG() of KVM's where there is an SPTE of the old one. */
void mmuw_plant_give_up_copy(struct kvm *kvm, gfn_t gfn)
{
	give_up(kvm, gfn);
}

static int begin(struct mmuw_plant *p)
{
	unmap_gfn_range = (void *)mmuw_symbol_address("kvm_unmap_gfn_range");
	flush_remote_tlbs = (void *)mmuw_symbol_address("kvm_flush_remote_tlbs");
	return unmap_gfn_range && flush_remote_tlbs ? 0 : -EOPNOTSUPP;
}

struct mmuw_plant mmuw_plants_copy[] = {
	{ .name = "unmap-skipped-at-copy",
	  .what = "the notifier leaves the SPTE of a page that the VMM gets a copy of when it writes",
	  .origin = "001", .symbols = { "kvm_unmap_gfn_range" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = unmap_of_copied,
	  .begin = begin, .session = true },
	{ }
};
