/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An MMU other than KVM that can be witnessed, and is a module of its own: it tells
 * its events itself. There is one, the reference MMU.
 */
#ifndef _MMUWITNESS_SECOND_MMU_H
#define _MMUWITNESS_SECOND_MMU_H

#include <linux/types.h>

struct file;
struct mm_struct;
struct mmuw_hook;
struct module;

struct mmuw_second_mmu {
	struct module *owner;
	const struct mmuw_hook *hooks;	/* what it tells, and what it wants to know */
	/* Is the file a VM of it? */
	bool (*is_vm)(const struct file *file);
	/* Of a VM. The id is 0 while it is not witnessed. */
	struct mm_struct *(*mm)(const struct file *file);
	u16 (*id)(const struct file *file);
	void (*set_id)(struct file *file, u16 id);
};

int mmuw_second_mmu_register(const struct mmuw_second_mmu *mmu);
void mmuw_second_mmu_unregister(void);

/* Holds its module; NULL: there is none. */
const struct mmuw_second_mmu *mmuw_second_mmu_get(void);
void mmuw_second_mmu_put(const struct mmuw_second_mmu *mmu);

#endif /* _MMUWITNESS_SECOND_MMU_H */
