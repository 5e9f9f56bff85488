/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plants: faults put into the kernel on purpose, so that the rules can be seen
 * to notice. One at a time, for the witnessed VMs and files only, or for every
 * VM of the machine; gone with the session.
 *
 * A plant is a line of a table, kmod/plant_*.c: a function to break, places that
 * the witness watches anyway, or both.
 */
#ifndef _MMUWITNESS_PLANT_H
#define _MMUWITNESS_PLANT_H

#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>

#include "uapi/mmuwitness.h"

#define MMUW_PLANT_ARGS 6		/* those in registers */
#define MMUW_PLANT_SYMBOLS 4

enum mmuw_plant_act {
	MMUW_PLANT_PASS,		/* not this call */
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

	/* Places, for witnessed VMs and files; true: a hit. */
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

/*
 * Where KVM asks for a remote flush: of the VM, and on arm64 of a range, or of a
 * page when an SPTE goes. Not inlined everywhere, so all of them; the task's
 * context says whose it is, since their arguments differ.
 */
#ifdef CONFIG_LOONGARCH	/* the first is inlined in log collection and notifiers: what it calls */
#define MMUW_PLANT_ON_FLUSHES						\
	.symbols = { "kvm_make_all_cpus_request" }, .kvm_of = mmuw_plant_flush_request
#else
#define MMUW_PLANT_ON_FLUSHES						\
	.symbols = { "kvm_flush_remote_tlbs", "kvm_arch_flush_remote_tlbs",	\
		     "kvm_tlb_flush_vmid_range", "__kvm_tlb_flush_vmid_ipa" },	\
	.all = true
#endif

/* Tables, terminated by an empty name. */
extern struct mmuw_plant mmuw_plants_kvm[];
extern struct mmuw_plant mmuw_plants_folio[];
extern struct mmuw_plant mmuw_plants_fault[];
extern struct mmuw_plant mmuw_plants_mm[];
extern struct mmuw_plant mmuw_plants_arch[];
extern struct mmuw_plant mmuw_plants_ref[];

int mmuw_plant_set(const char *name, bool every_vm);
/* Calls of this function are skipped or changed in this session, or were: VMs outlive a plant. */
bool mmuw_plant_has_broken(const char *symbol);
/* While none is active. */
void mmuw_plant_session_starts(void);
void mmuw_plant_session_ends(void);
void mmuw_plant_clear(void);
/* Nothing is broken any more, from any context; the rest of its end is left to the above. */
void mmuw_plant_stop(void);
int mmuw_plant_info(struct mmuwitness_plant_info *info);

/* This one is active: a hit. For the reference MMU, which breaks itself where it is told to. */
bool mmuw_plant_hits(struct mmuw_plant *p, u16 vm);
/* One is active. */
bool mmuw_plant_is_set(void);

/* Counts a hit and puts it on record; vm 0: not known. */
void mmuw_plant_hit(struct mmuw_plant *p, u16 vm, u64 arg);

/* From the witness' hooks. */
void mmuw_plant_writeback_start(struct folio *folio);
void mmuw_plant_writeback_end(struct folio *folio);
void mmuw_plant_invalidate_started(void);
void mmuw_plant_invalidate_ending(void);
void mmuw_plant_invalidate_ended(void);
void mmuw_plant_fault_end(struct kvm_vcpu *vcpu, gfn_t gfn, bool write);

/* plant_kvm.c: what an invalidation that was ended early owes KVM, before KVM's own end. */
void mmuw_plant_settle_early_end(void);
/* Waits until no invalidation owes anything: before its VM, or our notifiers, go. */
void mmuw_plant_wait_settled(void);

/* The current task changes a memslot of this VM. */
bool mmuw_plant_in_region_ioctl(const struct kvm *kvm);

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

/* For kvm_of. */
struct kvm *mmuw_plant_kvm_first(const unsigned long *arg);
struct kvm *mmuw_plant_vcpu_first(const unsigned long *arg);
struct kvm *mmuw_plant_flush_request(const unsigned long *arg);

#endif /* _MMUWITNESS_PLANT_H */
