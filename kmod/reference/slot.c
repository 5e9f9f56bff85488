// SPDX-License-Identifier: GPL-2.0-only
/* Memslots of the reference MMU. */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "reference/reference.h"

struct mmuw_ref_slot *mmuw_ref_slot_of(struct mmuw_ref_vm *vm, u64 gfn)
{
	unsigned int i;

	for (i = 0; i < MMUW_REF_SLOTS; i++)
		if (vm->slots[i] && gfn - vm->slots[i]->gfn < vm->slots[i]->pages)
			return vm->slots[i];
	return NULL;
}

/* Room for all translations, so that none has to be allocated under lock. */
static void unreserve(struct mmuw_ref_vm *vm, u64 gfn, u64 pages)
{
	while (pages--) {
		xa_erase(&vm->translations, gfn + pages);
		cond_resched();
	}
}

static int reserve(struct mmuw_ref_vm *vm, u64 gfn, u64 pages)
{
	u64 i;

	for (i = 0; i < pages; i++) {
		void *old = xa_store(&vm->translations, gfn + i, xa_mk_value(0), GFP_KERNEL);

		if (xa_is_err(old)) {
			unreserve(vm, gfn, i);
			return xa_err(old);
		}
		cond_resched();
	}
	return 0;
}

/* Without lock: the pages are unpinned, which sleeps. */
static void unpin(struct mmuw_ref_slot *slot)
{
	struct mmuw_ref_vm *vm = slot->vm;
	u64 gfn, spte;

	for (gfn = slot->gfn; gfn < slot->gfn + slot->pages; gfn++) {
		spin_lock(&vm->lock);
		spte = mmuw_ref_load(vm, gfn);
		if (spte & MMUWITNESS_REF_PRESENT) {
			mmuw_ref_store(slot, NULL, gfn, 0);
			mmuw_ref_flush(vm, MMUW_REF_FLUSH_ZAP);
		}
		spin_unlock(&vm->lock);
		if (spte & MMUWITNESS_REF_PRESENT)
			mmuw_ref_unpin_page(vm, spte);
		cond_resched();
	}
}

static void unmap(struct mmuw_ref_slot *slot)
{
	struct mmuw_ref_vm *vm = slot->vm;

	if (mmuw_ref_pins(vm)) {
		unpin(slot);
		return;
	}
	spin_lock(&vm->lock);
	mmuw_ref_zap_and_flush(slot, slot->gfn, slot->gfn + slot->pages, NULL, MMUW_REF_FLUSH_ZAP);
	spin_unlock(&vm->lock);
}

/* Aging looks for slots with lock only. */
static void publish(struct mmuw_ref_vm *vm, u32 id, struct mmuw_ref_slot *slot)
{
	spin_lock(&vm->lock);
	vm->slots[id] = slot;
	spin_unlock(&vm->lock);
}

static void remove(struct mmuw_ref_slot *slot)
{
	struct mmuw_ref_vm *vm = slot->vm;

	publish(vm, slot->id, NULL);
	unmap(slot);
	if (!mmuw_ref_pins(vm))
		mmu_interval_notifier_remove(&slot->notifier);
	unreserve(vm, slot->gfn, slot->pages);
	mmuw_ref_log_disable(slot);
	kfree(slot);
}

void mmuw_ref_remove_slots(struct mmuw_ref_vm *vm)
{
	unsigned int i;

	for (i = 0; i < MMUW_REF_SLOTS; i++)
		if (vm->slots[i])
			remove(vm->slots[i]);
}

static bool taken(struct mmuw_ref_vm *vm, u64 gfn, u64 pages, u32 but)
{
	unsigned int i;

	for (i = 0; i < MMUW_REF_SLOTS; i++) {
		const struct mmuw_ref_slot *s = vm->slots[i];

		if (s && i != but && gfn < s->gfn + s->pages && s->gfn < gfn + pages)
			return true;
	}
	return false;
}

static int create(struct mmuw_ref_vm *vm, const struct kvm_userspace_memory_region *r)
{
	struct mmuw_ref_slot *slot = kzalloc(sizeof(*slot), GFP_KERNEL_ACCOUNT);
	int err;

	if (!slot)
		return -ENOMEM;
	*slot = (struct mmuw_ref_slot){
		.vm = vm, .id = r->slot, .hva = r->userspace_addr,
		.gfn = r->guest_phys_addr >> PAGE_SHIFT, .pages = r->memory_size >> PAGE_SHIFT,
	};
	err = reserve(vm, slot->gfn, slot->pages);
	if (err)
		goto free;
	if (!mmuw_ref_pins(vm)) {
		err = mmu_interval_notifier_insert(&slot->notifier, vm->mm, slot->hva,
						   r->memory_size, &mmuw_ref_interval_ops);
		if (err)
			goto erase;
	}
	publish(vm, slot->id, slot);
	if (!(r->flags & KVM_MEM_LOG_DIRTY_PAGES))
		return 0;
	err = mmuw_ref_log_enable(slot);
	if (err)
		remove(slot);
	return err;
erase:
	unreserve(vm, slot->gfn, slot->pages);
free:
	kfree(slot);
	/* mm_take_all_locks() gives up when a signal is pending: as in our own notifier.c. */
	return err == -EINTR ? -ERESTARTNOINTR : err;
}

/* With all of its translations; nobody is at home at the old place then. */
static int move(struct mmuw_ref_slot *slot, u64 gfn)
{
	struct mmuw_ref_vm *vm = slot->vm;
	u64 old = slot->gfn, pages = slot->pages;
	bool up = gfn > old;
	/* What the two places do not share, at the end where it goes, and at the other. */
	u64 by = min(up ? gfn - old : old - gfn, pages);
	int err = reserve(vm, up ? gfn + pages - by : gfn, by);

	if (err)
		return err;
	unmap(slot);
	/* An invalidation may look at it at any time. */
	spin_lock(&vm->lock);
	slot->gfn = gfn;
	spin_unlock(&vm->lock);
	unreserve(vm, up ? old : old + pages - by, by);
	return 0;
}

static int change(struct mmuw_ref_slot *slot, const struct kvm_userspace_memory_region *r)
{
	u64 gfn = r->guest_phys_addr >> PAGE_SHIFT;
	bool log = r->flags & KVM_MEM_LOG_DIRTY_PAGES;
	bool toggles = log != !!(slot->flags & KVM_MEM_LOG_DIRTY_PAGES);

	if (r->userspace_addr != slot->hva || r->memory_size >> PAGE_SHIFT != slot->pages)
		return -EINVAL;
	if (gfn != slot->gfn)
		return toggles ? -EINVAL : move(slot, gfn);	/* both, or neither */
	if (!toggles)
		return 0;
	if (log)
		return mmuw_ref_log_enable(slot);
	mmuw_ref_log_disable(slot);
	return 0;
}

int mmuw_ref_set_slot(struct mmuw_ref_vm *vm, const struct kvm_userspace_memory_region *r)
{
	u64 gfn = r->guest_phys_addr >> PAGE_SHIFT, pages = r->memory_size >> PAGE_SHIFT;
	struct mmuw_ref_slot *slot;

	if (r->slot >= MMUW_REF_SLOTS || r->flags & ~KVM_MEM_LOG_DIRTY_PAGES)
		return -EINVAL;
	slot = vm->slots[r->slot];
	if (!r->memory_size) {
		if (!slot)
			return -EINVAL;
		remove(slot);
		return 0;
	}
	if ((r->guest_phys_addr | r->memory_size | r->userspace_addr) & ~PAGE_MASK ||
	    pages > MMUW_REF_MAX_PAGES || gfn >= 1ULL << 40 ||
	    !access_ok((void __user *)(unsigned long)r->userspace_addr, r->memory_size))
		return -EINVAL;
	if (taken(vm, gfn, pages, r->slot))
		return -EEXIST;
	return slot ? change(slot, r) : create(vm, r);
}
