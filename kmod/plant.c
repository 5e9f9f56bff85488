// SPDX-License-Identifier: GPL-2.0-only
#include "plant.h"

#include <linux/ftrace.h>
#include <linux/kvm_host.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/pagemap.h>

#include "context.h"
#include "emit.h"
#include "fregs.h"
#include "session.h"
#include "symbol.h"

struct plant {
	const char *name;
	const char *what;
	const char *origin;
	/*
	 * A function of KVM, and what is done to a call of it: true skips the
	 * call. kvm is the VM it is for.
	 */
	const char *symbol;
	struct kvm *(*kvm_of)(const unsigned long *arg);
	bool (*on_call)(struct plant *p, struct kvm *kvm, const unsigned long *arg);
	/* Or something done when writeback of a witnessed page ends. */
	void (*writeback_end)(struct folio *folio);

	atomic64_t calls;		/* that were considered, see one_in() */
	atomic64_t hits;
};

static struct plant *active;

static void hit(struct plant *p, u16 vm, u64 arg)
{
	atomic64_inc(&p->hits);
	mmuw_emit(plant, vm, arg, p->name);
}

static struct kvm *kvm_is_first(const unsigned long *arg)
{
	return (struct kvm *)arg[0];
}

static struct kvm *vcpu_is_first(const unsigned long *arg)
{
	return ((struct kvm_vcpu *)arg[0])->kvm;
}

static bool in_ioctl(const struct kvm *kvm, unsigned int ioctl)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && !ctx->in_notifier && ctx->kvm == kvm && ctx->ioctl == ioctl;
}

static bool in_notifier(const struct kvm *kvm)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->in_notifier && ctx->notifier_kvm == kvm;
}

/* kvm_flush_remote_tlbs(kvm) from an ioctl that hands the log to user space */
static bool flush_in_collection(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	return in_ioctl(kvm, KVM_GET_DIRTY_LOG) || in_ioctl(kvm, KVM_CLEAR_DIRTY_LOG) ||
	       in_ioctl(kvm, KVM_RESET_DIRTY_RINGS);
}

/* kvm_flush_remote_tlbs(kvm) from a change of a memslot's flags */
static bool flush_in_log_enable(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
#ifdef KVM_SET_USER_MEMORY_REGION2
	if (in_ioctl(kvm, KVM_SET_USER_MEMORY_REGION2))
		return true;
#endif
	return in_ioctl(kvm, KVM_SET_USER_MEMORY_REGION);
}

/* kvm_flush_remote_tlbs(kvm) from __kvm_handle_hva_range() */
static bool flush_in_notifier(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	return in_notifier(kvm);
}

/*
 * kvm_unmap_gfn_range(kvm, range) for a page that is write-protected to be
 * cleaned. Other invalidations work: a page freed under a live SPTE would take
 * the machine down, which is more than the rule needs.
 */
static bool unmap_in_mkclean(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	return in_notifier(kvm) &&
	       mmuw_context()->notifier_event == MMU_NOTIFY_PROTECTION_PAGE;
}

static bool always(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	return true;
}

static bool one_in_64(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	return atomic64_inc_return(&p->calls) % 64 == 0;
}

/* mark_page_dirty_in_slot(kvm, slot, gfn) of a slot that has a log */
static bool slot_is_logged(const unsigned long *arg)
{
	const struct kvm_memory_slot *slot = (const struct kvm_memory_slot *)arg[1];

	return slot && kvm_slot_dirty_track_enabled(slot);
}

static bool log_mark(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	return slot_is_logged(arg);
}

static bool log_mark_one_in_64(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	return slot_is_logged(arg) && one_in_64(p, kvm, arg);
}

/* The call goes on; the next gfn gets a bit as well, if it is in the slot. */
static bool log_next_gfn(struct plant *p, struct kvm *kvm, const unsigned long *arg)
{
	const struct kvm_memory_slot *slot = (const struct kvm_memory_slot *)arg[1];
	u64 next = arg[2] - slot->base_gfn + 1;

	if (slot_is_logged(arg) && slot->dirty_bitmap && next < slot->npages) {
		set_bit_le(next, slot->dirty_bitmap);
		hit(p, mmuw_vm_id(kvm), arg[2] + 1);
	}
	return false;
}

/* What comes of KVM dropping mmu_lock before kvm_set_pfn_dirty(): PG_dirty, and no tag */
static void set_dirty_late(struct folio *folio)
{
	folio_set_dirty(folio);
}

static void warn(struct folio *folio)
{
	WARN_ONCE(1, "mmuwitness: a planted warning\n");
}

static struct plant plants[] = {
	{ .name = "flush-skipped-in-log-collection",
	  .what = "KVM_GET_DIRTY_LOG, KVM_CLEAR_DIRTY_LOG and KVM_RESET_DIRTY_RINGS do not flush TLBs",
	  .origin = "002", .symbol = "kvm_flush_remote_tlbs",
	  .kvm_of = kvm_is_first, .on_call = flush_in_collection },
	{ .name = "flush-skipped-in-log-enable",
	  .what = "switching on the dirty log of a memslot does not flush TLBs",
	  .origin = "002", .symbol = "kvm_flush_remote_tlbs",
	  .kvm_of = kvm_is_first, .on_call = flush_in_log_enable },
	{ .name = "flush-skipped-in-notifier",
	  .what = "invalidations remove SPTEs and do not flush TLBs",
	  .origin = "001, 002", .symbol = "kvm_flush_remote_tlbs",
	  .kvm_of = kvm_is_first, .on_call = flush_in_notifier },
	{ .name = "unmap-skipped-in-mkclean",
	  .what = "the notifier leaves the SPTE of a page that is write-protected for writeback",
	  .origin = "001, 004", .symbol = "kvm_unmap_gfn_range",
	  .kvm_of = kvm_is_first, .on_call = unmap_in_mkclean },
	{ .name = "log-mark-skipped",
	  .what = "mark_page_dirty_in_slot() does nothing",
	  .origin = "001, 002", .symbol = "mark_page_dirty_in_slot",
	  .kvm_of = kvm_is_first, .on_call = log_mark },
	{ .name = "log-mark-skipped-one-in-64",
	  .what = "mark_page_dirty_in_slot() does nothing every 64th time",
	  .origin = "001, 002", .symbol = "mark_page_dirty_in_slot",
	  .kvm_of = kvm_is_first, .on_call = log_mark_one_in_64 },
	{ .name = "log-mark-next-gfn",
	  .what = "mark_page_dirty_in_slot() marks the next gfn as well (bitmap only)",
	  .origin = "002", .symbol = "mark_page_dirty_in_slot",
	  .kvm_of = kvm_is_first, .on_call = log_next_gfn },
	{ .name = "ring-push-dropped",
	  .what = "kvm_dirty_ring_push() does nothing",
	  .origin = "002", .symbol = "kvm_dirty_ring_push",
	  .kvm_of = vcpu_is_first, .on_call = always },
	{ .name = "dirty-after-writeback",
	  .what = "SetPageDirty() when writeback of a witnessed file's page ends: a dirty that comes late",
	  .origin = "000, 004", .writeback_end = set_dirty_late },
	{ .name = "kernel-warns",
	  .what = "WARN_ONCE() when writeback of a witnessed file's page ends",
	  .origin = "all", .writeback_end = warn },
};

/* Where a skipped function returns from at once: false, 0 or void. */
static notrace unsigned long skipped(void)
{
	return 0;
}

static void on_function(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			struct ftrace_regs *fregs)
{
	unsigned long arg[] = {
		mmuw_fregs_argument(fregs, 0), mmuw_fregs_argument(fregs, 1),
		mmuw_fregs_argument(fregs, 2),
	};
	struct plant *p;
	struct kvm *kvm;

	rcu_read_lock();
	p = READ_ONCE(active);
	kvm = p && p->kvm_of ? p->kvm_of(arg) : NULL;
	if (mmuw_vm_id(kvm) && p->on_call(p, kvm, arg)) {
		hit(p, mmuw_vm_id(kvm), 0);
		mmuw_fregs_set_ip(fregs, (unsigned long)skipped);
	}
	rcu_read_unlock();
}

static struct ftrace_ops plant_ops;

void mmuw_plant_writeback_end(struct folio *folio)
{
	struct plant *p = READ_ONCE(active);

	if (!p || !p->writeback_end)
		return;
	hit(p, 0, folio->index);
	p->writeback_end(folio);
}

static int attach(const struct plant *p)
{
	unsigned long address = mmuw_symbol_address(p->symbol);
	int err;

	if (!address)
		return -EOPNOTSUPP;
	/* Anew each time: ftrace_free_filter() leaves dangling pointers in it. */
	plant_ops = (struct ftrace_ops){
		.func = on_function,
		.flags = MMUW_FTRACE_FLAGS | FTRACE_OPS_FL_IPMODIFY,
	};
	err = ftrace_set_filter_ip(&plant_ops, address, 0, 1);
	if (!err)
		err = register_ftrace_function(&plant_ops);
	if (err)
		ftrace_free_filter(&plant_ops);
	return err;
}

int mmuw_plant_set(const char *name)
{
	unsigned int i;
	int err;

	mmuw_plant_clear();
	for (i = 0; i < ARRAY_SIZE(plants); i++) {
		if (strcmp(plants[i].name, name))
			continue;
		err = plants[i].symbol ? attach(&plants[i]) : 0;
		if (err)
			return err;
		atomic64_set(&plants[i].calls, 0);
		atomic64_set(&plants[i].hits, 0);
		WRITE_ONCE(active, &plants[i]);
		return 0;
	}
	return -ENOENT;
}

void mmuw_plant_clear(void)
{
	struct plant *p = active;

	if (!p)
		return;
	WRITE_ONCE(active, NULL);
	if (p->symbol) {
		unregister_ftrace_function(&plant_ops);
		ftrace_free_filter(&plant_ops);
	}
	synchronize_rcu();
}

int mmuw_plant_info(struct mmuwitness_plant_info *info)
{
	struct plant *p;

	if (info->index >= ARRAY_SIZE(plants))
		return -ENOENT;
	p = &plants[info->index];
	info->available = !p->symbol || mmuw_symbol_address(p->symbol);
	info->hits = atomic64_read(&p->hits);
	strscpy(info->name, p->name, sizeof(info->name));
	strscpy(info->what, p->what, sizeof(info->what));
	strscpy(info->origin, p->origin, sizeof(info->origin));
	return 0;
}
