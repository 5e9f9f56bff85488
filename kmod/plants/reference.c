// SPDX-License-Identifier: GPL-2.0-only
/* Plants of the reference MMU. Each has the name of KVM's plant that it stands for. */
#include "plants/plant.h"

struct mmuw_plant mmuw_plants_ref[] = {
	[MMUW_BREAK_FLUSH_COLLECTION] = {
		.name = "flush-skipped-in-log-collection",
		.what = "collecting the dirty log write-protects without a TLB flush",
		.origin = "002" },
	[MMUW_BREAK_FLUSH_LOG_ENABLE] = {
		.name = "flush-skipped-in-log-enable",
		.what = "switching on the dirty log write-protects without a TLB flush",
		.origin = "002" },
	[MMUW_BREAK_FLUSH_NOTIFIER] = {
		.name = "flush-skipped-in-notifier",
		.what = "the notifier removes translations without a TLB flush",
		.origin = "001, 004" },
	[MMUW_BREAK_FLUSH_ZAP] = {
		.name = "flush-skipped-in-zap",
		.what = "a memslot goes without a TLB flush", .origin = "001" },
	[MMUW_BREAK_FLUSH_AGING] = {
		.name = "aging-never-flushes",
		.what = "clear_flush_young does not flush TLBs", .origin = "002" },
	[MMUW_BREAK_UNMAP_IN_MKCLEAN] = {
		.name = "unmap-skipped-in-mkclean",
		.what = "the notifier leaves the translation when writeback write-protects a page",
		.origin = "001, 004" },
	[MMUW_BREAK_STALE_CHECK] = {
		.name = "stale-check-skipped",
		.what = "a fault uses its pfn although an invalidation came in between",
		.origin = "001" },
	[MMUW_BREAK_DIRTY] = {
		.name = "kvm-dirty-skipped",
		.what = "the folio of a writable translation is never marked dirty",
		.origin = "000, 004" },
	[MMUW_BREAK_MARK] = {
		.name = "log-mark-skipped",
		.what = "guest writes are not marked in the dirty log", .origin = "002" },
	[MMUW_BREAK_MARK_ONE_IN_64] = {
		.name = "log-mark-skipped-one-in-64",
		.what = "one guest write in 64 is not marked in the dirty log", .origin = "002" },
	[MMUW_BREAK_MARK_NEXT_GFN] = {
		.name = "log-mark-next-gfn",
		.what = "a guest write marks the next page as well (bitmap only)",
		.origin = "002" },
	[MMUW_BREAK_RING_PUSH] = {
		.name = "ring-push-dropped",
		.what = "entries are not pushed to the dirty ring", .origin = "002" },
	[MMUW_BREAK_RING_RESET] = {
		.name = "ring-reset-dropped",
		.what = "resetting a dirty ring does not write-protect its pages",
		.origin = "002" },
	[MMUW_BREAK_NOT_YOUNG] = {
		.name = "aging-says-not-young",
		.what = "aging an accessed page answers that it was not young", .origin = "002" },
	[MMUW_BREAK_ALWAYS_YOUNG] = {
		.name = "aging-always-flushes",
		.what = "aging answers young whatever it finds, and so clear_flush_young always flushes",
		.origin = "002" },
	{ }
};
