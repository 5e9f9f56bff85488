/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the witness and the reference MMU know of plants, which are a module of their
 * own (plants/): who is there to break things, and whether something is broken now.
 * Where that module is not installed, nothing can be.
 */
#ifndef _MMUWITNESS_BREAKER_H
#define _MMUWITNESS_BREAKER_H

#include <linux/types.h>

#include "uapi/mmuwitness.h"

struct kvm;
struct module;

/* Where the reference MMU asks whether it shall be broken: plants/reference.c has their names. */
enum mmuw_break {
	MMUW_BREAK_FLUSH_COLLECTION,
	MMUW_BREAK_FLUSH_LOG_ENABLE,
	MMUW_BREAK_FLUSH_NOTIFIER,
	MMUW_BREAK_FLUSH_ZAP,
	MMUW_BREAK_FLUSH_AGING,
	MMUW_BREAK_UNMAP_IN_MKCLEAN,
	MMUW_BREAK_STALE_CHECK,
	MMUW_BREAK_DIRTY,
	MMUW_BREAK_MARK,
	MMUW_BREAK_MARK_ONE_IN_64,
	MMUW_BREAK_MARK_NEXT_GFN,
	MMUW_BREAK_RING_PUSH,
	MMUW_BREAK_RING_RESET,
	MMUW_BREAK_NOT_YOUNG,
	MMUW_BREAK_ALWAYS_YOUNG,
};

struct mmuw_breaker {
	struct module *owner;
	/* Under the session lock. */
	int (*set)(const char *name, enum mmuwitness_mmu mmu, bool every_vm);
	void (*clear)(void);
	int (*info)(struct mmuwitness_plant_info *info, enum mmuwitness_mmu mmu);
	bool (*is_set)(void);
	/* A session begins to attach its hooks, or a VM of it has just been forgotten: see there. */
	void (*session_starts)(void);
	void (*vm_forgotten)(void);
	/* No function is patched any more, either. */
	void (*session_ends)(void);
	/* From any context: nothing is broken any more; clear() does the rest. */
	void (*stop)(void);
	/* From hooks, under rcu_read_lock(). */
	bool (*has_broken)(const char *symbol);
	bool (*breaks)(enum mmuw_break what, u16 vm);
};

/* By the module that has the plants; the second when it goes, which nobody uses by then. */
int mmuw_breaker_register(const struct mmuw_breaker *breaker);
void mmuw_breaker_unregister(void);

bool mmuw_breaker_is_there(void);
/* For this session, whose it is until mmuw_breaker_put(); NULL: there is none. */
const struct mmuw_breaker *mmuw_breaker_get(void);
void mmuw_breaker_put(void);
/* The one that was got, NULL: none was. */
const struct mmuw_breaker *mmuw_breaker(void);

/* Calls of this function are skipped or changed in this session, or were: VMs outlive a plant. */
bool mmuw_has_broken(const char *symbol);
/* The reference MMU shall break this for this VM: a hit. */
bool mmuw_breaks(enum mmuw_break what, u16 vm);
/* Something is, or has been until just now. */
bool mmuw_is_broken(void);
void mmuw_break_nothing(void);

#endif /* _MMUWITNESS_BREAKER_H */
