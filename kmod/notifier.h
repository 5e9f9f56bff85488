/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two mmu_notifiers around KVM's. Registration adds at the head of the list,
 * so the newest runs first, for start and for end: "inner" is registered
 * before any VM exists and runs after KVM, "outer" after a VM was made and
 * runs before it.
 */
#ifndef _MMUWITNESS_NOTIFIER_H
#define _MMUWITNESS_NOTIFIER_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct mmu_notifier_range;

int mmuw_notifier_register_inner(struct mm_struct *mm);
int mmuw_notifier_register_outer(struct mm_struct *mm);
void mmuw_notifier_unregister(void);
/*
 * What "outer" tells of KVM, of a range of the session's mm: phase START_BEFORE_KVM
 * or END_BEFORE_KVM. For an MMU that is not among the notifiers of that list. False:
 * another mm.
 */
bool mmuw_notifier_begins(const struct mmu_notifier_range *range, u8 phase);

#endif /* _MMUWITNESS_NOTIFIER_H */
