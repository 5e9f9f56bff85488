// SPDX-License-Identifier: GPL-2.0-only
/* All that is hooked, by the MMU that is witnessed: the same names in both, for the same events. */
#include <linux/kernel.h>

#include "hooks/hooks.h"

static const struct mmuw_hook *const kvm[] = {
	mmuw_kvm_hooks, mmuw_fault_hooks, mmuw_flush_hooks, mmuw_folio_hooks, mmuw_young_hooks,
	mmuw_prefault_hooks, mmuw_merge_hooks, mmuw_arch_hooks, mmuw_self_hooks,
};

/* mm's and the filesystems', then KVM's. */
static const struct mmuw_tracepoint *const tracepoints[] = {
	mmuw_folio_tracepoints, mmuw_arch_tracepoints,
};

const struct mmuw_hook_set mmuw_hooks_of_kvm = {
	.tables = kvm, .count = ARRAY_SIZE(kvm),
	.tracepoints = tracepoints, .tracepoint_count = ARRAY_SIZE(tracepoints),
	.alive = mmuw_hooks_alive,
};

static const struct mmuw_hook *other[] = {
	NULL, mmuw_folio_hooks, mmuw_merge_hooks, mmuw_self_hooks,
};

static const struct mmuw_hook_set of_other = {
	.tables = other, .count = ARRAY_SIZE(other),
	.tracepoints = tracepoints, .tracepoint_count = 1,
	.alive = mmuw_hooks_alive,
};

const struct mmuw_hook_set *mmuw_hooks_with(const struct mmuw_hook *hooks)
{
	other[0] = hooks;
	return &of_other;
}
