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
	/* Skipping: the function, and whether this call of it is to be skipped. */
	const char *symbol;
	bool (*skip)(const unsigned long *arg);
	/* Adding a call */
	void (*writeback_end)(struct folio *folio);

	atomic64_t hits;
};

static struct plant *active;

static void hit(struct plant *p, u16 vm, u64 arg)
{
	atomic64_inc(&p->hits);
	mmuw_emit(plant, vm, arg, p->name);
}

/* kvm_flush_remote_tlbs(kvm) from an ioctl that hands the log to user space */
static bool in_log_collection(const unsigned long *arg)
{
	struct mmuw_context *ctx = mmuw_context();

	if (!ctx || ctx->in_notifier || ctx->kvm != (struct kvm *)arg[0])
		return false;
	return ctx->ioctl == KVM_GET_DIRTY_LOG || ctx->ioctl == KVM_CLEAR_DIRTY_LOG ||
	       ctx->ioctl == KVM_RESET_DIRTY_RINGS;
}

/*
 * kvm_unmap_gfn_range(kvm, range) for a page that is write-protected to be
 * cleaned. Other invalidations work: a page freed under a live SPTE would take
 * the machine down, which is more than the rule needs.
 */
static bool in_mkclean(const unsigned long *arg)
{
	struct mmuw_context *ctx = mmuw_context();

	return ctx && ctx->in_notifier && ctx->notifier_kvm == (struct kvm *)arg[0] &&
	       ctx->notifier_event == MMU_NOTIFY_PROTECTION_PAGE;
}

/* What comes of KVM dropping mmu_lock before kvm_set_pfn_dirty(): PG_dirty, and no tag */
static void set_dirty_late(struct folio *folio)
{
	folio_set_dirty(folio);
}

static struct plant plants[] = {
	{ .name = "flush-skipped-in-log-collection",
	  .what = "KVM_GET_DIRTY_LOG, KVM_CLEAR_DIRTY_LOG and KVM_RESET_DIRTY_RINGS do not flush TLBs",
	  .origin = "002", .symbol = "kvm_flush_remote_tlbs", .skip = in_log_collection },
	{ .name = "unmap-skipped-in-mkclean",
	  .what = "the notifier leaves the SPTE of a page that is write-protected for writeback",
	  .origin = "001, 004", .symbol = "kvm_unmap_gfn_range", .skip = in_mkclean },
	{ .name = "dirty-after-writeback",
	  .what = "SetPageDirty() when writeback of a witnessed file's page ends: a dirty that comes late",
	  .origin = "000, 004", .writeback_end = set_dirty_late },
};

/* Where a skipped function returns from at once: false, 0 or void. */
static notrace unsigned long skipped(void)
{
	return 0;
}

static void on_function(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			struct ftrace_regs *fregs)
{
	unsigned long arg[2] = { mmuw_fregs_argument(fregs, 0), mmuw_fregs_argument(fregs, 1) };
	struct plant *p;

	rcu_read_lock();
	p = READ_ONCE(active);
	if (p && p->skip && mmuw_vm_id((struct kvm *)arg[0]) && p->skip(arg)) {
		hit(p, mmuw_vm_id((struct kvm *)arg[0]), 0);
		mmuw_fregs_set_ip(fregs, (unsigned long)skipped);
	}
	rcu_read_unlock();
}

static struct ftrace_ops skip_ops;

void mmuw_plant_writeback_end(struct folio *folio)
{
	struct plant *p = READ_ONCE(active);

	if (!p || !p->writeback_end)
		return;
	hit(p, 0, folio->index);
	p->writeback_end(folio);
}

static int attach_skip(const struct plant *p)
{
	unsigned long address = mmuw_symbol_address(p->symbol);
	int err;

	if (!address)
		return -EOPNOTSUPP;
	/* Anew each time: ftrace_free_filter() leaves dangling pointers in it. */
	skip_ops = (struct ftrace_ops){
		.func = on_function,
		.flags = MMUW_FTRACE_FLAGS | FTRACE_OPS_FL_IPMODIFY,
	};
	err = ftrace_set_filter_ip(&skip_ops, address, 0, 1);
	if (!err)
		err = register_ftrace_function(&skip_ops);
	if (err)
		ftrace_free_filter(&skip_ops);
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
		err = plants[i].symbol ? attach_skip(&plants[i]) : 0;
		if (err)
			return err;
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
		unregister_ftrace_function(&skip_ops);
		ftrace_free_filter(&skip_ops);
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
