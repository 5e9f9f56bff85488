// SPDX-License-Identifier: GPL-2.0-only
/* Plants in KVM's common code: flushes, invalidations, dirty logs. */
#include <linux/fs.h>
#include <linux/mmu_notifier.h>

#include "witness/context.h"
#include "witness/lock.h"
#include "plants/plant.h"
#include "witness/witnessed.h"
#include "witness/symbol.h"

static bool in_notifier(const struct kvm *kvm)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->in_notifier && ctx->notifier_kvm == kvm;
}

static enum mmuw_plant_act skip_if(bool condition)
{
	return condition ? MMUW_PLANT_SKIP : MMUW_PLANT_LEAVE;
}

/* kvm_flush_remote_tlbs(kvm) from an ioctl that hands the log to user space */
static enum mmuw_plant_act flush_in_collection(struct mmuw_plant *p, struct kvm *kvm,
					       const unsigned long *arg)
{
	return skip_if(mmuw_plant_in_ioctl(kvm, KVM_GET_DIRTY_LOG) ||
		       mmuw_plant_in_ioctl(kvm, KVM_CLEAR_DIRTY_LOG) ||
		       mmuw_plant_in_ioctl(kvm, KVM_RESET_DIRTY_RINGS));
}

/* kvm_flush_remote_tlbs(kvm) from a change of a memslot's flags */
static enum mmuw_plant_act flush_in_log_enable(struct mmuw_plant *p, struct kvm *kvm,
					       const unsigned long *arg)
{
	return skip_if(mmuw_plant_in_region_ioctl(kvm));
}

/* In KVM's notifier for a page that writeback write-protects: no page is freed by it. */
static bool in_mkclean(const struct kvm *kvm)
{
	return in_notifier(kvm) && mmuw_context()->in_mkclean;
}

/*
 * kvm_flush_remote_tlbs(kvm) from __kvm_handle_hva_range(), for mkclean. The page
 * may be reclaimed later, when KVM finds no SPTE and so flushes nothing: the flush is
 * owed, and comes before an invalidation that may free pages goes on.
 */
static struct kvm *unflushed;
static void (*flush_remote_tlbs)(struct kvm *kvm);

static enum mmuw_plant_act flush_in_notifier(struct mmuw_plant *p, struct kvm *kvm,
					     const unsigned long *arg)
{
	if (!in_mkclean(kvm))
		return MMUW_PLANT_LEAVE;
	WRITE_ONCE(unflushed, kvm);
	return MMUW_PLANT_SKIP;
}

static bool flush_if_owed(struct kvm *kvm)
{
	if (!mmuw_context()->in_mkclean && READ_ONCE(unflushed) == kvm) {
		WRITE_ONCE(unflushed, NULL);
		flush_remote_tlbs(kvm);
	}
	return false;	/* the skipped one was the hit */
}

static int begin_unflushed(struct mmuw_plant *p)
{
	unflushed = NULL;
	flush_remote_tlbs = (void *)mmuw_symbol_address("kvm_flush_remote_tlbs");
	return flush_remote_tlbs ? 0 : -EOPNOTSUPP;
}

/*
 * kvm_arch_flush_shadow_memslot(kvm, slot) of a memslot that is deleted or moved.
 * Notifiers cannot reach its SPTEs from then on, so what backs it has to outlive
 * the VM, as in every scenario it does.
 */
static enum mmuw_plant_act zap_of_memslot(struct mmuw_plant *p, struct kvm *kvm,
					  const unsigned long *arg)
{
	return skip_if(mmuw_plant_in_region_ioctl(kvm));
}

/*
 * kvm_flush_remote_tlbs(kvm) while a memslot that is deleted or moved is taken
 * out of use, where its own SPTEs are removed (x86 without
 * KVM_X86_QUIRK_SLOT_ZAP_ALL). The task holds slots_lock.
 */
static enum mmuw_plant_act flush_in_zap(struct mmuw_plant *p, struct kvm *kvm,
					const unsigned long *arg)
{
	struct kvm_memory_slot *slot;
	bool zap = false;
	int idx, bkt;

	if (!mmuw_plant_in_region_ioctl(kvm))
		return MMUW_PLANT_LEAVE;
	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm))
		zap |= slot->flags & KVM_MEMSLOT_INVALID;
	srcu_read_unlock(&kvm->srcu, idx);
	return skip_if(zap);
}

/*
 * kvm_unmap_gfn_range(kvm, range) for a page that is write-protected to be
 * cleaned. Other invalidations work, fork's among them, which has the same event: a
 * page freed under a live SPTE would take the machine down, and one that is shared
 * with a child would be written to in the child, too.
 */
static enum mmuw_plant_act unmap_in_mkclean(struct mmuw_plant *p, struct kvm *kvm,
					    const unsigned long *arg)
{
	return skip_if(in_mkclean(kvm));
}

/* mark_page_dirty_in_slot(kvm, slot, gfn) of a slot that has a log */
static bool slot_is_logged(const unsigned long *arg)
{
	const struct kvm_memory_slot *slot = (const struct kvm_memory_slot *)arg[1];

	return slot && kvm_slot_dirty_track_enabled(slot);
}

static enum mmuw_plant_act log_mark(struct mmuw_plant *p, struct kvm *kvm,
				    const unsigned long *arg)
{
	return skip_if(slot_is_logged(arg));
}

static enum mmuw_plant_act log_mark_one_in_64(struct mmuw_plant *p, struct kvm *kvm,
					      const unsigned long *arg)
{
	return skip_if(slot_is_logged(arg) && atomic64_inc_return(&p->calls) % 64 == 0);
}

/* The call goes on; the next gfn gets a bit as well, if it is in the slot. */
static enum mmuw_plant_act log_next_gfn(struct mmuw_plant *p, struct kvm *kvm,
					const unsigned long *arg)
{
	const struct kvm_memory_slot *slot = (const struct kvm_memory_slot *)arg[1];
	u64 next = slot ? arg[2] - slot->base_gfn + 1 : 0;

	if (!slot_is_logged(arg) || !slot->dirty_bitmap || next >= slot->npages)
		return MMUW_PLANT_LEAVE;
	set_bit_le(next, slot->dirty_bitmap);
	return MMUW_PLANT_HIT;
}

/*
 * kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, slot, offset, mask) of entries
 * that go back to the ring: their gfns are not watched again.
 */
static enum mmuw_plant_act reset_without_protect(struct mmuw_plant *p, struct kvm *kvm,
						 const unsigned long *arg)
{
	return skip_if(mmuw_plant_in_ioctl(kvm, KVM_RESET_DIRTY_RINGS));
}

enum mmuw_plant_act mmuw_plant_always_skip(struct mmuw_plant *p, struct kvm *kvm,
					   const unsigned long *arg)
{
	return MMUW_PLANT_SKIP;
}

static bool end_early(struct kvm *kvm)
{
	return kvm == mmuw_vm_only() && mmuw_plant_end_early(kvm);
}

/*
 * What is_page_fault_stale() and mmu_invalidate_retry() compare: on arm64 they are
 * inlined, so what they look at is changed, as if the increment were missing in
 * kvm_mmu_invalidate_end(). Two writers of mmu_lock in between: no hit.
 */
static struct mmuw_context *mkclean_of_only_vm(struct kvm **kvm)
{
	struct mmuw_context *ctx = mmuw_context();

	*kvm = mmuw_vm_only();
	return ctx && ctx->in_mkclean && *kvm && mmuw_plant_can_count(*kvm) ? ctx : NULL;
}

static bool remember_sequence(void)
{
	struct kvm *kvm;
	struct mmuw_context *ctx = mkclean_of_only_vm(&kvm);

	if (ctx)
		ctx->invalidate_seq = READ_ONCE(kvm->mmu_invalidate_seq);
	return false;
}

static bool take_sequence_back(void)
{
	struct kvm *kvm;
	struct mmuw_context *ctx = mkclean_of_only_vm(&kvm);
	bool advanced;

	if (!ctx)
		return false;
	mmuw_mmu_write_lock(kvm);
	advanced = kvm->mmu_invalidate_seq == ctx->invalidate_seq + 1;
	if (advanced)
		kvm->mmu_invalidate_seq--;
	mmuw_mmu_write_unlock(kvm);
	return advanced;
}

/*
 * kvm_flush_remote_tlbs(kvm) from a fault that has put a huge SPTE in place of a page
 * table. Of a VM of one vCPU: the fault itself drops what the CPU has of that table,
 * by architecture, and it is freed. Of another vCPU nothing would.
 */
static enum mmuw_plant_act flush_in_fault(struct mmuw_plant *p, struct kvm *kvm,
					  const unsigned long *arg)
{
	const struct mmuw_context *ctx = mmuw_context();

	return skip_if(ctx && ctx->vcpu && ctx->vcpu->kvm == kvm && ctx->in_fault &&
		       atomic_read(&kvm->online_vcpus) == 1);
}

/*
 * bool kvm_dirty_ring_check_request(struct kvm_vcpu *vcpu): the request stays, and with it
 * the vCPU stays out of the guest, in KVM_RUN.
 */
static bool do_not_leave(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
			 unsigned long *ret)
{
	if (!(bool)*ret)
		return false;
	*ret = 0;
	return true;
}

/* long kvm_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg) */
static struct kvm *of_file(const unsigned long *arg)
{
	return ((struct file *)arg[0])->private_data;
}

static bool claim_success(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
			  unsigned long *ret)
{
	if ((u32)arg[1] != KVM_SET_USER_MEMORY_REGION || (long)*ret >= 0)
		return false;
	*ret = 0;
	return true;
}

struct mmuw_plant mmuw_plants_kvm[] = {
	{ .name = "refusal-withheld",
	  .what = "KVM_SET_USER_MEMORY_REGION does nothing and says that it did, where it has to refuse",
	  .origin = "002", .symbols = { "kvm_vm_ioctl" },
	  .kvm_of = of_file, .on_return = claim_success, .session = true },
	{ .name = "flush-skipped-in-log-collection",
	  .what = "KVM_GET_DIRTY_LOG, KVM_CLEAR_DIRTY_LOG and KVM_RESET_DIRTY_RINGS do not flush TLBs",
	  .origin = "002", MMUW_PLANT_ON_FLUSHES, .on_call = flush_in_collection },
	{ .name = "flush-skipped-in-log-enable",
	  .what = "switching on the dirty log of a memslot does not flush TLBs",
	  .origin = "002", MMUW_PLANT_ON_FLUSHES, .on_call = flush_in_log_enable },
	{ .name = "flush-skipped-in-notifier",
	  .what = "write-protecting a page for writeback removes SPTEs and does not flush TLBs",
	  .origin = "001, 002", MMUW_PLANT_ON_FLUSHES, .on_call = flush_in_notifier,
	  .begin = begin_unflushed, .invalidate_started = flush_if_owed },
	{ .name = "flush-skipped-in-zap",
	  .what = "deleting or moving a memslot removes its SPTEs and does not flush TLBs",
	  .origin = "001, 002", MMUW_PLANT_ON_FLUSHES, .on_call = flush_in_zap, .session = true },
	{ .name = "flush-skipped-in-fault", .only_with = "kvm_tdp_mmu_map",
	  .what = "a fault that replaces a page table by a huge page does not flush TLBs",
	  .origin = "001, 002", MMUW_PLANT_ON_FLUSHES, .on_call = flush_in_fault,
	  .session = true, .faults = true },
	{ .name = "zap-skipped",
	  .what = "deleting or moving a memslot leaves its SPTEs",
	  .origin = "001", .symbols = { "kvm_arch_flush_shadow_memslot" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = zap_of_memslot, .session = true },
	{ .name = "unmap-skipped-in-mkclean",
	  .what = "the notifier leaves the SPTE of a page that is write-protected for writeback",
	  .origin = "001, 004", .symbols = { "kvm_unmap_gfn_range" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = unmap_in_mkclean },
	{ .name = "invalidate-ended-early",
	  .what = "faults are let in between invalidate_range_start and _end, while PTEs change",
	  .origin = "001", .invalidate_started = end_early },
	{ .name = "sequence-not-advanced",
	  .what = "the end of an invalidation does not move mmu_invalidate_seq",
	  .origin = "001", .invalidate_ending = remember_sequence,
	  .invalidate_ended = take_sequence_back },
	{ .name = "log-mark-skipped",
	  .what = "mark_page_dirty_in_slot() does nothing",
	  .origin = "001, 002", .symbols = { "mark_page_dirty_in_slot" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = log_mark },
	{ .name = "log-mark-skipped-one-in-64",
	  .what = "mark_page_dirty_in_slot() does nothing every 64th time",
	  .origin = "001, 002", .symbols = { "mark_page_dirty_in_slot" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = log_mark_one_in_64 },
	{ .name = "log-mark-next-gfn",
	  .what = "mark_page_dirty_in_slot() marks the next gfn as well (bitmap only)",
	  .origin = "002", .symbols = { "mark_page_dirty_in_slot" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = log_next_gfn },
	{ .name = "ring-push-dropped",
	  .what = "kvm_dirty_ring_push() does nothing",
	  /* Its first argument is the vCPU, up to 6.1 the ring: the task is a vCPU's in any case. */
	  .origin = "002", .symbols = { "kvm_dirty_ring_push" }, .on_call = mmuw_plant_always_skip },
	{ .name = "ring-full-not-told",
	  .what = "a vCPU whose dirty ring is full does not leave KVM_RUN",
	  .origin = "002", .symbols = { "kvm_dirty_ring_check_request" },
	  .kvm_of = mmuw_plant_vcpu_first, .on_return = do_not_leave },
	{ .name = "ring-reset-dropped",
	  .what = "KVM_RESET_DIRTY_RINGS takes entries back and does not write-protect their gfns",
	  .origin = "002", .symbols = { "kvm_arch_mmu_enable_log_dirty_pt_masked" },
	  .kvm_of = mmuw_plant_kvm_first, .on_call = reset_without_protect },
	{ }
};
