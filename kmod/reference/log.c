// SPDX-License-Identifier: GPL-2.0-only
/* The reference MMU's dirty log: a bitmap for each memslot, or a ring for each vCPU. */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "reference/breaks.h"
#include "reference/reference.h"
#include "reference/tell.h"

static bool logs(const struct mmuw_ref_slot *slot)
{
	return slot->flags & KVM_MEM_LOG_DIRTY_PAGES;
}

static void push(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 offset)
{
	struct kvm_dirty_gfn *entry = &vcpu->ring[vcpu->ring_dirty & (vcpu->vm->ring_entries - 1)];

	if (mmuw_ref_breaks(MMUW_BREAK_RING_PUSH, slot->vm))
		return;
	mmuw_ref_tell_ring(slot->vm, vcpu, MMUWITNESS_RING_PUSH, slot->id, offset);
	entry->slot = slot->id;
	entry->offset = offset;
	smp_store_release(&entry->flags, KVM_DIRTY_GFN_F_DIRTY);	/* the rest is there then */
	vcpu->ring_dirty++;
}

void mmuw_ref_log_mark(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn)
{
	u64 offset = gfn - slot->gfn;

	if (logs(slot) && mmuw_ref_breaks_mark(slot->vm))
		return;
	mmuw_ref_tell_log_mark(slot, vcpu, gfn);
	if (!logs(slot))
		return;
	if (vcpu->ring) {
		push(slot, vcpu, offset);
		return;
	}
	set_bit(offset, slot->dirty);
	if (offset + 1 < slot->pages && mmuw_ref_breaks(MMUW_BREAK_MARK_NEXT_GFN, slot->vm))
		set_bit(offset + 1, slot->dirty);
}

/* The entry that is being pushed must find room. */
bool mmuw_ref_ring_full(const struct mmuw_ref_vcpu *vcpu)
{
	return vcpu->ring &&
	       READ_ONCE(vcpu->ring_dirty) - READ_ONCE(vcpu->ring_reset) >=
		       vcpu->vm->ring_entries - 1;
}

int mmuw_ref_log_enable(struct mmuw_ref_slot *slot)
{
	struct mmuw_ref_vm *vm = slot->vm;
	bool initially_set = vm->manual & KVM_DIRTY_LOG_INITIALLY_SET;

	if (!vm->ring_entries) {
		slot->dirty = kvcalloc(BITS_TO_LONGS(slot->pages), sizeof(long), GFP_KERNEL_ACCOUNT);
		if (!slot->dirty)
			return -ENOMEM;
	}
	spin_lock(&vm->lock);
	slot->flags |= KVM_MEM_LOG_DIRTY_PAGES;
	if (initially_set)
		bitmap_set(slot->dirty, 0, slot->pages);
	else if (mmuw_ref_protect(slot, slot->gfn, slot->gfn + slot->pages, NULL))
		mmuw_ref_flush(vm, MMUW_REF_FLUSH_LOG_ENABLE);
	spin_unlock(&vm->lock);
	return 0;
}

void mmuw_ref_log_disable(struct mmuw_ref_slot *slot)
{
	spin_lock(&slot->vm->lock);
	slot->flags &= ~KVM_MEM_LOG_DIRTY_PAGES;
	spin_unlock(&slot->vm->lock);
	/* Nobody marks any more: that needs slots_sem. */
	kvfree(slot->dirty);
	slot->dirty = NULL;
}

static struct mmuw_ref_slot *bitmap_of(struct mmuw_ref_vm *vm, u32 id)
{
	struct mmuw_ref_slot *slot = mmuw_ref_slot_by_id(vm, id);

	return slot && slot->dirty ? slot : NULL;
}

int mmuw_ref_log_get(struct mmuw_ref_vm *vm, const struct kvm_dirty_log *log)
{
	struct mmuw_ref_slot *slot = bitmap_of(vm, log->slot);
	unsigned long *copy;
	size_t bytes;
	int err = 0;

	if (!slot)
		return -ENOENT;
	bytes = ALIGN(slot->pages, 64) / 8;
	copy = kvzalloc(bytes, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	spin_lock(&vm->lock);
	bitmap_copy(copy, slot->dirty, slot->pages);
	if (!(vm->manual & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)) {
		bitmap_zero(slot->dirty, slot->pages);
		if (mmuw_ref_protect(slot, slot->gfn, slot->gfn + slot->pages, copy))
			mmuw_ref_flush(vm, MMUW_REF_FLUSH_COLLECTION);
	}
	spin_unlock(&vm->lock);
	if (copy_to_user(log->dirty_bitmap, copy, bytes))
		err = -EFAULT;
	kvfree(copy);
	return err;
}

int mmuw_ref_log_clear(struct mmuw_ref_vm *vm, const struct kvm_clear_dirty_log *log)
{
	struct mmuw_ref_slot *slot = bitmap_of(vm, log->slot);
	u64 first = log->first_page, count = log->num_pages, i;
	unsigned long *which;
	size_t bytes;
	int err = 0;

	if (!slot)
		return -ENOENT;
	if (!(vm->manual & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE) || first % 64 ||
	    first > slot->pages || count > slot->pages - first ||
	    (count % 64 && first + count != slot->pages))
		return -EINVAL;
	bytes = ALIGN(count, 64) / 8;
	which = kvzalloc(ALIGN(slot->pages, 64) / 8, GFP_KERNEL);
	if (!which)
		return -ENOMEM;
	if (copy_from_user(which + first / BITS_PER_LONG, log->dirty_bitmap, bytes)) {
		err = -EFAULT;
		goto free;
	}
	spin_lock(&vm->lock);
	for (i = first; i < first + count; i++)
		if (test_bit(i, which) && !test_and_clear_bit(i, slot->dirty))
			clear_bit(i, which);
	if (mmuw_ref_protect(slot, slot->gfn + first, slot->gfn + first + count, which))
		mmuw_ref_flush(vm, MMUW_REF_FLUSH_COLLECTION);
	spin_unlock(&vm->lock);
free:
	kvfree(which);
	return err;
}

/* Userspace may have written anything to an entry. With lock held; true: it was protected. */
static bool reset_entry(struct mmuw_ref_vm *vm, u32 id, u64 offset)
{
	struct mmuw_ref_slot *slot = mmuw_ref_slot_by_id(vm, id & 0xffff);

	if (!slot || offset >= slot->pages || !logs(slot) ||
	    mmuw_ref_breaks(MMUW_BREAK_RING_RESET, vm))
		return false;
	return mmuw_ref_protect(slot, slot->gfn + offset, slot->gfn + offset + 1, NULL);
}

/* With lock held. Entries of a ring that were reset: MMUW_REF_BATCH, if there may be more. */
static int reset_batch(struct mmuw_ref_vm *vm, struct mmuw_ref_vcpu *vcpu)
{
	struct kvm_dirty_gfn *entry;
	bool protected = false;
	int count = 0;

	while (count < MMUW_REF_BATCH && vcpu->ring_reset != vcpu->ring_dirty) {
		entry = &vcpu->ring[vcpu->ring_reset & (vm->ring_entries - 1)];
		if (!(smp_load_acquire(&entry->flags) & KVM_DIRTY_GFN_F_RESET))
			break;
		protected |= reset_entry(vm, READ_ONCE(entry->slot), READ_ONCE(entry->offset));
		WRITE_ONCE(entry->flags, 0);
		vcpu->ring_reset++;
		count++;
	}
	if (protected)
		mmuw_ref_flush(vm, MMUW_REF_FLUSH_COLLECTION);
	return count;
}

/* Rings are long: lock is dropped now and then, when vCPUs may come and go; slots do not. */
int mmuw_ref_rings_reset(struct mmuw_ref_vm *vm)
{
	struct mmuw_ref_vcpu *vcpu;
	int count = 0, batch;
	unsigned int i;

	if (!vm->ring_entries)
		return -EINVAL;
	for (i = 0; i < MMUW_REF_VCPUS; i++) {
		do {
			batch = 0;
			spin_lock(&vm->lock);
			vcpu = vm->vcpus[i];
			if (vcpu) {
				mmuw_ref_tell_ring(vm, NULL, MMUWITNESS_RING_RESET, 0, 0);
				batch = reset_batch(vm, vcpu);
			}
			spin_unlock(&vm->lock);
			count += batch;
			cond_resched();
		} while (batch == MMUW_REF_BATCH);
	}
	return count;
}
