/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plants: faults put into the kernel on purpose, so that the rules can be seen
 * to notice. One at a time, for the witnessed VMs and files only, or for every
 * VM of the machine; gone with the session.
 *
 * A plant is a line of a table: a function to break, places that
 * the witness watches anyway, or both.
 */
#ifndef _MMUWITNESS_PLANT_H
#define _MMUWITNESS_PLANT_H

#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>

#include "uapi/mmuwitness.h"
#include "witness/breaker.h"
#include "witness/point.h"

/* Of the architecture: MMUW_PLANT_ON_FLUSHES. */
#include "flushes.h"

#define MMUW_PLANT_ARGS 6		/* those in registers */
#define MMUW_PLANT_SYMBOLS 4

enum mmuw_plant_act {
	MMUW_PLANT_LEAVE,		/* not this call: it is left alone */
	MMUW_PLANT_HIT,			/* counted; the call goes on */
	MMUW_PLANT_SKIP,		/* counted; returns 0, false or nothing at once */
	MMUW_PLANT_REDIRECT,		/* counted; ->instead runs, with the same arguments */
};

struct mmuw_plant {
	const char *name;
	const char *what;
	const char *origin;

	/* The function: the first candidate that exists, or all. None at all: not available. */
	const char *symbols[MMUW_PLANT_SYMBOLS];
	bool all;			/* they do the same on different ways */
	const char *instead[MMUW_PLANT_SYMBOLS];	/* for REDIRECT, of each candidate */
	const char *not_with;		/* not available where this exists: KVM works otherwise */
	const char *only_with;		/* not available where this does not exist */
	/* The VM that a call is for; the default is that of the task's context. */
	struct kvm *(*kvm_of)(const unsigned long *arg);
	/* At entry. */
	enum mmuw_plant_act (*on_call)(struct mmuw_plant *p, struct kvm *kvm,
				       const unsigned long *arg);
	/* Or at return: may change *ret; true: a hit. */
	bool (*on_return)(struct mmuw_plant *p, struct kvm *kvm, const unsigned long *arg,
			  unsigned long *ret);

	/* Points, for witnessed VMs and files; true: a hit. */
	bool (*writeback_start)(struct folio *folio);
	bool (*writeback_end)(struct folio *folio);	/* often in interrupt context */
	bool (*invalidate_started)(struct kvm *kvm);	/* KVM's part of range_start is done */
	bool (*invalidate_ending)(void);		/* KVM's part of range_end comes */
	bool (*invalidate_ended)(void);			/* ... and is done */
	bool (*fault_end)(struct kvm_vcpu *vcpu, gfn_t gfn, bool write);
	/*
	 * Never for every VM: on_call asks for a session's files or mm, or it leaves a vCPU with
	 * translations of pages that only a scenario keeps until the VM is gone. Another VMM's
	 * would be freed, and be somebody else's while its guest still writes to them.
	 */
	bool session;
	bool faults;			/* on_call asks for the fault that the task is in */

	/* Other preconditions and preparations; error: not available. */
	int (*begin)(struct mmuw_plant *p);
	void (*end)(struct mmuw_plant *p);	/* nothing of the above runs any more */

	/* state */
	const char *symbol;		/* the candidate that exists */
	unsigned long address, redirect;
	atomic64_t calls;		/* for plants that count, see one_in_64() */
	atomic64_t hits;
};

/* Tables, terminated by an empty name. */
extern struct mmuw_plant mmuw_plants_kvm[];
extern struct mmuw_plant mmuw_plants_folio[];
extern struct mmuw_plant mmuw_plants_fault[];
extern struct mmuw_plant mmuw_plants_mm[];
extern struct mmuw_plant mmuw_plants_copy[];
extern struct mmuw_plant mmuw_plants_arch[];
extern struct mmuw_plant mmuw_plants_ref[];

/* plant.c */
struct mmuw_plant_tables {
	struct mmuw_plant *const *kvm;		/* NULL-terminated */
	struct mmuw_plant *const *reference;	/* the first one by enum mmuw_break */
};

int mmuw_plants_register(const struct mmuw_plant_tables *tables);
void mmuw_plants_unregister(void);

/*
 * early_end.c: the invalidation that the task is in, of a page that is being cleaned, ends
 * as far as KVM can tell; what it owes KVM then, before KVM's own end.
 */
bool mmuw_plant_end_early(struct kvm *kvm);
void mmuw_plant_settle_early_end(void);
/* Waits until no invalidation owes anything: before its VM, or our notifiers, go. */
void mmuw_plant_wait_settled(void);

/* Are KVM's counts of invalidations where this module takes them to be? */
bool mmuw_plant_can_count(const struct kvm *kvm);

/*
 * copy.c: SPTEs that were left are taken away, and their pages given up: before their VM goes,
 * and of one page before a fault maps what is there now.
 */
void mmuw_plant_give_up_copies(void);
void mmuw_plant_give_up_copy(struct kvm *kvm, gfn_t gfn);

/* who.c: the current task is in this ioctl of the VM, changes a memslot of it, reads. */
bool mmuw_plant_in_ioctl(const struct kvm *kvm, unsigned int ioctl);
bool mmuw_plant_in_region_ioctl(const struct kvm *kvm);
bool mmuw_plant_in_read_fault(void);

/*
 * folio-clean-at-read-fault, where an SPTE of pfn is made: the folio has lost
 * PG_dirty when a read fault makes a writable SPTE of it, as it had not got it yet
 * where marking was left to the fault that sets D.
 */
enum mmuw_plant_act mmuw_plant_clean_folio_of_read_fault(unsigned long pfn);
#define MMUW_PLANT_CLEAN_AT_READ_FAULT					\
	.name = "folio-clean-at-read-fault",				\
	.what = "a read fault makes a writable SPTE of a folio that is not marked dirty", \
	.origin = "000", .session = true

/* For on_call. */
enum mmuw_plant_act mmuw_plant_always_skip(struct mmuw_plant *p, struct kvm *kvm,
					   const unsigned long *arg);
/* For kvm_of. */
struct kvm *mmuw_plant_kvm_first(const unsigned long *arg);
struct kvm *mmuw_plant_vcpu_first(const unsigned long *arg);

#endif /* _MMUWITNESS_PLANT_H */
