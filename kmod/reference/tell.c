// SPDX-License-Identifier: GPL-2.0-only
#include "reference/tell.h"

#include "witness/emit.h"
#include "witness/point.h"
#include "witness/hook.h"
#include "witness/notifier.h"
#include "witness/page.h"
#include "witness/witnessed.h"
#include "reference/reference.h"

/*
 * A VM's id is read and used within one RCU section: the session waits before it
 * gives the id to another VM.
 */
static s16 id_of(const struct mmuw_ref_vcpu *vcpu)
{
	return vcpu ? vcpu->id : MMUWITNESS_NO_VCPU;
}

void mmuw_ref_tell_ioctl(struct mmuw_ref_vm *vm, unsigned int cmd, u8 phase, s64 ret)
{
	struct mmuw_vm_ioctl_event e = {
		.cmd = cmd, .phase = phase, .ret = ret,
	};

	rcu_read_lock();
	e.vm = READ_ONCE(vm->id);
	if (!e.vm)
		goto out;
	mmuw_emit(vm_ioctl, &e);
	mmuw_pass(phase == MMUWITNESS_BEGIN ? MMUW_POINT_IOCTL_BEGIN : MMUW_POINT_IOCTL_END, e.vm,
		  MMUWITNESS_NO_VCPU, 0, 0, 0);
out:
	rcu_read_unlock();
}

void mmuw_ref_tell_fault(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn,
			 bool write, u8 phase, u64 seq)
{
	static const u8 points[] = {
		[MMUWITNESS_FAULT_BEGIN] = MMUW_POINT_FAULT_BEGIN,
		[MMUWITNESS_FAULT_PFN] = MMUW_POINT_PFN_LOOKUP,
		[MMUWITNESS_FAULT_END] = MMUW_POINT_FAULT_END,
	};
	struct mmuw_fault_event e = {
		.vcpu = vcpu->id, .gfn = gfn, .write = write,
		.phase = phase, .inv_seq = seq,
	};

	rcu_read_lock();
	e.vm = READ_ONCE(vcpu->vm->id);
	if (!e.vm)
		goto out;
	mmuw_emit(fault, &e);
	if (phase != MMUWITNESS_FAULT_RETRY)
		mmuw_pass(points[phase], e.vm, e.vcpu, 0, gfn, 1);
out:
	rcu_read_unlock();
}

void mmuw_ref_tell_pfn_found(struct mmuw_ref_vcpu *vcpu, u64 gfn)
{
	u16 vm;

	rcu_read_lock();
	vm = READ_ONCE(vcpu->vm->id);
	if (vm)
		mmuw_pass(MMUW_POINT_PFN_FOUND, vm, vcpu->id, 0, gfn, 1);
	rcu_read_unlock();
}

static u8 bits_of(u64 spte)
{
	u8 bits = 0;

	if (!(spte & MMUWITNESS_REF_PRESENT))
		return 0;
	bits = MMUWITNESS_SPTE_PRESENT | MMUWITNESS_SPTE_LEAF;
	if (spte & MMUWITNESS_REF_WRITABLE)
		bits |= MMUWITNESS_SPTE_WRITABLE;
	if (spte & MMUWITNESS_REF_DIRTY)
		bits |= MMUWITNESS_SPTE_DIRTY;
	if (spte & MMUWITNESS_REF_ACCESSED)
		bits |= MMUWITNESS_SPTE_ACCESSED;
	return bits;
}

void mmuw_ref_tell_spte(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn,
			u64 old, u64 new)
{
	struct mmuw_spte_event e = {
		.vcpu = id_of(vcpu), .gfn = gfn, .old_spte = old,
		.new_spte = new, .level = 1, .lock = MMUWITNESS_LOCK_HELD,
		.inv_seq = READ_ONCE(slot->notifier.invalidate_seq),
		.bits_old = bits_of(old), .bits_new = bits_of(new),
		.pfn = bits_of(new) ? new >> 12 : 0,
	};
	struct folio *folio;
	pgoff_t index;

	rcu_read_lock();
	e.vm = READ_ONCE(slot->vm->id);
	if (!e.vm)
		goto out;
	folio = mmuw_folio_of_pfn((new ?: old) >> 12, &e.file, &index);
	if (folio) {
		e.index = index;
		e.page = mmuw_page_flags(folio, index);
	} else if (e.bits_new) {
		e.page = mmuw_ksm_flag(new >> 12);
	}
	mmuw_emit(spte, &e);
	mmuw_pass(MMUW_POINT_SPTE_CHANGED, e.vm, e.vcpu, e.file, gfn, 1);
out:
	rcu_read_unlock();
}

void mmuw_ref_tell_flush(struct mmuw_ref_vm *vm, u8 phase)
{
	struct mmuw_tlb_flush_event e = { .vcpu = -1, .phase = phase };

	rcu_read_lock();
	e.vm = READ_ONCE(vm->id);
	if (!e.vm)
		goto out;
	mmuw_emit(tlb_flush, &e);
	mmuw_pass(phase == MMUWITNESS_FLUSH_REQUEST ? MMUW_POINT_FLUSH_REQUEST :
						      MMUW_POINT_FLUSH_DONE, e.vm, e.vcpu, 0, 0, 0);
out:
	rcu_read_unlock();
}

void mmuw_ref_tell_log_mark(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn)
{
	struct mmuw_log_mark_event e = {
		.vcpu = id_of(vcpu), .gfn = gfn, .slot = slot->id,
		.logging = !!(slot->flags & KVM_MEM_LOG_DIRTY_PAGES), .lock = MMUWITNESS_LOCK_HELD,
	};

	rcu_read_lock();
	e.vm = READ_ONCE(slot->vm->id);
	if (!e.vm)
		goto out;
	mmuw_emit(log_mark, &e);
	mmuw_pass(MMUW_POINT_LOG_MARK, e.vm, e.vcpu, 0, gfn, 1);
out:
	rcu_read_unlock();
}

void mmuw_ref_tell_ring(struct mmuw_ref_vm *vm, struct mmuw_ref_vcpu *vcpu, u8 op, u16 slot,
			u64 offset)
{
	struct mmuw_ring_event e = {
		.vcpu = id_of(vcpu), .op = op, .slot = slot,
		.offset = offset,
	};

	rcu_read_lock();
	e.vm = READ_ONCE(vm->id);
	if (!e.vm)
		goto out;
	mmuw_emit(ring, &e);
	if (op == MMUWITNESS_RING_PUSH)
		mmuw_pass(MMUW_POINT_RING_PUSH, e.vm, e.vcpu, 0, 0, 0);
out:
	rcu_read_unlock();
}

void mmuw_ref_tell_dirty(struct mmuw_ref_vm *vm, struct mmuw_ref_vcpu *vcpu, struct page *page,
			 bool locked)
{
	struct mmuw_folio_event e = {
		.op = MMUWITNESS_FOLIO_KVM_DIRTY, .pages = 1,
		.vcpu = id_of(vcpu),
		.lock = locked ? MMUWITNESS_LOCK_HELD : MMUWITNESS_LOCK_FREE,
	};
	struct folio *folio;
	pgoff_t index;

	rcu_read_lock();
	e.vm = READ_ONCE(vm->id);
	if (!e.vm)
		goto out;
	folio = mmuw_folio_of_pfn(page_to_pfn(page), &e.file, &index);
	if (folio) {
		e.index = index;
		e.page = mmuw_page_flags(folio, index);
	}
	if (!folio)
		goto out;
	mmuw_emit(folio, &e);
	mmuw_pass(MMUW_POINT_KVM_DIRTY, e.vm, e.vcpu, e.file, e.index, 1);
out:
	rcu_read_unlock();
}

void mmuw_ref_tell_young(struct mmuw_ref_vm *vm, u8 op, u8 phase, u64 start, u64 end, bool young)
{
	struct mmuw_young_event e = {
		.op = op, .phase = phase, .start = start, .end = end,
		.promised = op == MMUWITNESS_YOUNG_CLEAR_FLUSH, .young = young,
	};

	rcu_read_lock();
	e.vm = READ_ONCE(vm->id);
	if (e.vm)
		mmuw_emit(young, &e);
	rcu_read_unlock();
}

/*
 * Interval notifiers run before all others, also before our own, and are not told
 * of the end: where their part begins is known from mm's calls. Where it ends,
 * START_AFTER_KVM and END_AFTER_KVM, our own notifier tells.
 */
static void range_start(struct mmuw_call *call)
{
	if (mmuw_notifier_begins((const struct mmu_notifier_range *)call->arg[0],
				 MMUWITNESS_START_BEFORE_KVM))
		mmuw_hit(call);
}

static void range_end(struct mmuw_call *call)
{
	if (mmuw_notifier_begins((const struct mmu_notifier_range *)call->arg[0],
				 MMUWITNESS_END_BEFORE_KVM))
		mmuw_hit(call);
}

/* What the functions themselves tell has no handler here, and no function to look for. */
const struct mmuw_hook mmuw_ref_hooks[] = {
	{ .name = "notifier_start", .symbols = { "__mmu_notifier_invalidate_range_start" },
	  .on_call = range_start },
	{ .name = "notifier_end", .symbols = { "__mmu_notifier_invalidate_range_end" },
	  .on_call = range_end },
	{ .name = "vm_ioctl", .told_by = "mmuw_ref_tell_ioctl" },
	{ .name = "fault", .told_by = "mmuw_ref_tell_fault" },
	{ .name = "pfn_lookup", .told_by = "mmuw_ref_tell_fault" },
	{ .name = "pfn_found", .told_by = "mmuw_ref_tell_pfn_found" },
	{ .name = "fault_end", .told_by = "mmuw_ref_tell_fault" },
	{ .name = "spte", .told_by = "mmuw_ref_tell_spte" },
	{ .name = "spte_attributes", .told_by = "mmuw_ref_tell_spte" },
	{ .name = "tlb_flush", .told_by = "mmuw_ref_tell_flush" },
	{ .name = "log_mark", .told_by = "mmuw_ref_tell_log_mark" },
	{ .name = "ring_push", .told_by = "mmuw_ref_tell_ring" },
	{ .name = "ring_reset", .told_by = "mmuw_ref_tell_ring" },
	{ .name = "kvm_dirty", .told_by = "mmuw_ref_tell_dirty" },
	{ .name = "clear_flush_young", .told_by = "mmuw_ref_tell_young" },
	{ .name = "clear_young", .told_by = "mmuw_ref_tell_young" },
	{ .name = "test_young", .told_by = "mmuw_ref_tell_young" },
	{ }
};
