// SPDX-License-Identifier: GPL-2.0-only
/* The points by name: which hook tells them, and where they are in the kernel's work. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "gates/gate.h"
#include "witness/hook.h"

static const struct {
	const char *name;
	const char *hook;		/* NULL: our own notifier */
	const char *what;
	u8 where;
} points[] = {
	[MMUW_POINT_FAULT_BEGIN] = { "fault-begin", "fault",
		"KVM begins to handle a guest page fault", MMUWITNESS_WHERE_GFN },
	[MMUW_POINT_PFN_LOOKUP] = { "pfn-lookup", "pfn_lookup",
		"the fault has its snapshot of mmu_invalidate_seq and asks the host for the pfn",
		MMUWITNESS_WHERE_GFN },
	[MMUW_POINT_PFN_FOUND] = { "pfn-found", "pfn_found",
		"the fault has its pfn and has not taken mmu_lock yet", MMUWITNESS_WHERE_GFN },
	[MMUW_POINT_SPTE_CHANGED] = { "spte-changed", "spte",
		"a leaf SPTE was changed; mmu_lock is held", MMUWITNESS_WHERE_GFN },
	[MMUW_POINT_FAULT_END] = { "fault-end", "fault_end",
		"the fault is handled, the vCPU enters the guest", MMUWITNESS_WHERE_GFN },
	[MMUW_POINT_LOG_MARK] = { "log-mark", "log_mark",
		"a gfn is about to be marked in the dirty log", MMUWITNESS_WHERE_GFN },
	[MMUW_POINT_RING_PUSH] = { "ring-push", "ring_push",
		"an entry is about to be pushed to a dirty ring", MMUWITNESS_WHERE_NOTHING },
	[MMUW_POINT_KVM_DIRTY] = { "kvm-dirty", "kvm_dirty|kvm_release_dirty",
		"KVM is about to mark a folio dirty", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_FLUSH_REQUEST] = { "flush-request", "tlb_flush",
		"a remote TLB flush is about to be requested", MMUWITNESS_WHERE_NOTHING },
	[MMUW_POINT_FLUSH_DONE] = { "flush-done", "tlb_flush",
		"all vCPUs have left the guest, or will flush", MMUWITNESS_WHERE_NOTHING },
	[MMUW_POINT_IOCTL_BEGIN] = { "ioctl-begin", "vm_ioctl",
		"a VM ioctl begins", MMUWITNESS_WHERE_NOTHING },
	[MMUW_POINT_IOCTL_END] = { "ioctl-end", "vm_ioctl",
		"a VM ioctl returns", MMUWITNESS_WHERE_NOTHING },
	[MMUW_POINT_INVALIDATE_START] = { "invalidate-start", NULL,
		"invalidate_range_start, before KVM's", MMUWITNESS_WHERE_HVA },
	[MMUW_POINT_INVALIDATE_STARTED] = { "invalidate-started", NULL,
		"invalidate_range_start, KVM has zapped and flushed; the host's PTE is unchanged yet",
		MMUWITNESS_WHERE_HVA },
	[MMUW_POINT_INVALIDATE_END] = { "invalidate-end", NULL,
		"invalidate_range_end, before KVM's", MMUWITNESS_WHERE_HVA },
	[MMUW_POINT_INVALIDATE_ENDED] = { "invalidate-ended", NULL,
		"invalidate_range_end, KVM lets faults in again", MMUWITNESS_WHERE_HVA },
	[MMUW_POINT_CLEAN_BEGIN] = { "clean-begin", "clean",
		"folio_clear_dirty_for_io() begins; the folio is locked", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_CLEAN_END] = { "clean-end", "clean",
		"folio_clear_dirty_for_io() returns", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_MKCLEAN_BEGIN] = { "mkclean-begin", "mkclean",
		"folio_mkclean() begins", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_MKCLEAN_END] = { "mkclean-end", "mkclean",
		"folio_mkclean() returns: no mapping is writable", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_WRITEBACK_START] = { "writeback-start", "writeback_start",
		"the folio is about to be under writeback", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_WRITEBACK_END] = { "writeback-end", "writeback_end",
		"the folio has been written; often in an interrupt", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_PAGE_MKWRITE] = { "page-mkwrite", "page_mkwrite",
		"a write fault of the host is about to tell the filesystem", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_DIRTIED] = { "dirtied", "dirtied",
		"a folio became dirty, with its tag", MMUWITNESS_WHERE_PAGE },
	[MMUW_POINT_ROOTS_REQUEST] = { "roots-request", "roots",
		"roots are obsolete and the vCPUs are about to be told so; mmu_lock is held",
		MMUWITNESS_WHERE_NOTHING },
};

int mmuw_point_info(struct mmuwitness_point_info *info)
{
	u32 point = info->index + 1;
	const char *symbol = "no such place";

	if (point >= ARRAY_SIZE(points))
		return -ENOENT;
	info->point = point;
	info->where = points[point].where;
	if (!points[point].hook)
		symbol = "mmu_notifier";
	info->available = !points[point].hook || mmuw_hook_symbol(points[point].hook, &symbol);
	strscpy(info->name, points[point].name, sizeof(info->name));
	strscpy(info->symbol, symbol, sizeof(info->symbol));
	strscpy(info->what, points[point].what, sizeof(info->what));
	return 0;
}

int mmuw_point_use(u32 point, enum mmuwitness_where *where)
{
	if (!point || point >= ARRAY_SIZE(points))
		return -EINVAL;
	*where = points[point].where;
	return points[point].hook ? mmuw_hook_use(points[point].hook) : 0;
}
