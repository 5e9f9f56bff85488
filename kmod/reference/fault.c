// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fault, by the protocol of thread 004: look the page up and drop the reference;
 * lock; look again if an invalidation came in between; mark the folio dirty; make
 * the translation.
 */
#include <linux/sched/signal.h>

#include "reference/breaks.h"
#include "reference/reference.h"
#include "reference/tell.h"

static int look_up(struct mmuw_ref_vm *vm, unsigned long hva, bool write, struct page **page)
{
	unsigned int flags = write ? FOLL_WRITE : 0;
	int got;

	if (!mmuw_ref_pins(vm))
		got = get_user_pages_fast(hva, 1, flags, page);
	else if (vm->variant == MMUWITNESS_REF_LONGTERM_PIN)
		got = pin_user_pages_fast(hva, 1, flags | FOLL_LONGTERM, page);
	else
		got = pin_user_pages_fast(hva, 1, flags, page);
	if (got == 1)
		return 0;
	return got == -EINTR || got == -EAGAIN ? -EINTR : -EFAULT;
}

static void let_go(struct mmuw_ref_vm *vm, struct page *page)
{
	if (mmuw_ref_pins(vm))
		unpin_user_page(page);
	else
		put_page(page);
}

/*
 * Makes the translation, unless another vCPU was faster. Returns what it replaces, 0: nothing, and
 * clears *held if it took over the reference or pin.
 */
static u64 establish(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn, bool write,
		     struct page *page, bool *held)
{
	struct mmuw_ref_vm *vm = slot->vm;
	u64 old = mmuw_ref_load(vm, gfn), displaced = 0;
	u64 new = (u64)page_to_pfn(page) << 12 | MMUWITNESS_REF_PRESENT | MMUWITNESS_REF_ACCESSED;

	if (write)
		new |= MMUWITNESS_REF_WRITABLE | MMUWITNESS_REF_DIRTY;
	if (old & MMUWITNESS_REF_PRESENT && (old & MMUWITNESS_REF_WRITABLE || !write))
		return 0;
	/* Only without a notifier, or with a plant, can it be another page by now. */
	if (old & MMUWITNESS_REF_PRESENT && old >> 12 != new >> 12)
		displaced = old;
	if (write) {
		if (vm->variant == MMUWITNESS_REF_DIRTY_AT_MAP ||
		    vm->variant == MMUWITNESS_REF_PAGE_REFERENCE)
			mmuw_ref_mark_folio(vm, vcpu, page, true);
		mmuw_ref_log_mark(slot, vcpu, gfn);
	}
	if (!displaced && old & MMUWITNESS_REF_HELD) {
		new |= MMUWITNESS_REF_HELD;
	} else if (*held) {
		new |= MMUWITNESS_REF_HELD;
		*held = false;
	}
	mmuw_ref_store(slot, vcpu, gfn, new);
	if (displaced)
		mmuw_ref_flush(vm, MMUW_REF_FLUSH_ZAP);
	return displaced;
}

/* Without lock. */
static void release_displaced(struct mmuw_ref_vm *vm, u64 spte)
{
	struct page *page = mmuw_ref_page(spte);

	if (mmuw_ref_pins(vm))
		mmuw_ref_unpin_page(vm, spte);
	else if (spte & MMUWITNESS_REF_HELD)
		put_page(page);
}

static bool stale(struct mmuw_ref_slot *slot, unsigned long seq, bool held)
{
	if (mmuw_ref_pins(slot->vm) || !mmu_interval_read_retry(&slot->notifier, seq))
		return false;
	/* A page that nobody holds may be somebody else's by now. */
	return !held || !mmuw_ref_breaks(MMUW_BREAK_STALE_CHECK, slot->vm);
}

static int resolve(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn, bool write)
{
	unsigned long hva = slot->hva + ((gfn - slot->gfn) << PAGE_SHIFT);
	struct mmuw_ref_vm *vm = slot->vm;
	unsigned long seq = 0;
	struct page *page;
	bool held, again;
	u64 displaced;
	int err;

	do {
		if (signal_pending(current))
			return -EINTR;
		/* Waits for an invalidation that is under way. */
		if (!mmuw_ref_pins(vm))
			seq = mmu_interval_read_begin(&slot->notifier);
		mmuw_ref_tell_fault(slot, vcpu, gfn, write, MMUWITNESS_FAULT_PFN, seq);
		err = look_up(vm, hva, write, &page);
		if (err)
			return err;
		held = mmuw_ref_holds_pages(vm);
		if (!held)
			put_page(page);
		mmuw_ref_tell_pfn_found(vcpu, gfn);
		spin_lock(&vm->lock);
		again = stale(slot, seq, held);
		displaced = again ? 0 : establish(slot, vcpu, gfn, write, page, &held);
		spin_unlock(&vm->lock);
		if (held)
			let_go(vm, page);
		if (displaced)
			release_displaced(vm, displaced);
		if (again)
			mmuw_ref_tell_fault(slot, vcpu, gfn, write, MMUWITNESS_FAULT_RETRY, seq);
	} while (again);
	return 0;
}

int mmuw_ref_fault(struct mmuw_ref_vcpu *vcpu, u64 gfn, bool write)
{
	struct mmuw_ref_vm *vm = vcpu->vm;
	struct mmuw_ref_slot *slot;
	int err;

	down_read(&vm->slots_sem);
	slot = mmuw_ref_slot_of(vm, gfn);
	if (!slot) {
		err = -ENOENT;
	} else if (write && mmuw_ref_ring_full(vcpu)) {
		err = -EXFULL;
	} else {
		mmuw_ref_tell_fault(slot, vcpu, gfn, write, MMUWITNESS_FAULT_BEGIN, 0);
		err = resolve(slot, vcpu, gfn, write);
		mmuw_ref_tell_fault(slot, vcpu, gfn, write, MMUWITNESS_FAULT_END, 0);
	}
	up_read(&vm->slots_sem);
	return err;
}
