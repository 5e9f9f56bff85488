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

int mmuw_notifier_register_inner(struct mm_struct *mm);
int mmuw_notifier_register_outer(struct mm_struct *mm);
void mmuw_notifier_unregister(void);

#endif /* _MMUWITNESS_NOTIFIER_H */
