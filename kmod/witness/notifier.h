/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two mmu_notifiers around KVM's. Registration adds at the head of the list, so
 * the newest is called first, for start and for end: one is registered before any
 * VM exists and is called after KVM's, the other after the newest VM was made and
 * is called before it.
 */
#ifndef _MMUWITNESS_NOTIFIER_H
#define _MMUWITNESS_NOTIFIER_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct mmu_notifier_range;

/*
 * The one that is called after KVM's; then, for each VM, the one before. release: the
 * process is gone; in any context.
 */
int mmuw_notifier_register_after(struct mm_struct *mm, void (*release)(void));
int mmuw_notifier_register_before(void);
void mmuw_notifier_unregister(void);

/* How many invalidations of the session's mm there were that may free pages. */
u64 mmuw_removals(void);
#define MMUW_REMOVAL_UNDER_WAY U64_MAX	/* ... or: one has begun and has not ended */

/*
 * What the notifier before KVM's tells, of a range of the session's mm: phase
 * START_BEFORE_KVM or END_BEFORE_KVM. For an MMU that is not among the notifiers of
 * that list. False: another mm.
 */
bool mmuw_notifier_begins(const struct mmu_notifier_range *range, u8 phase);

#endif /* _MMUWITNESS_NOTIFIER_H */
