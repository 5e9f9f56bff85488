/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reference MMU: translations of guest pages in an xarray, filled by
 * get_user_pages() and invalidated by an interval notifier; a software TLB for
 * each vCPU that only a flush empties; a dirty log, and a ring. See
 * uapi/reference.h and docs/reference.md.
 *
 * Locks, outer first: a vCPU's access, slots_sem, lock, tlb_lock.
 */
#ifndef _MMUWITNESS_REFERENCE_H
#define _MMUWITNESS_REFERENCE_H

#include <linux/kref.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "uapi/reference.h"

#define MMUW_REF_SLOTS 64
#define MMUW_REF_VCPUS 16
#define MMUW_REF_TLB 64			/* entries, direct mapped */
#define MMUW_REF_MAX_PAGES (1UL << 16)	/* of a slot */
#define MMUW_REF_BATCH 256		/* pages or entries: then lock may be dropped for a moment */
#define MMUW_REF_MAX_RING (1U << 16)	/* entries */

struct mmuw_ref_slot {
	struct mmuw_ref_vm *vm;
	struct mmu_interval_notifier notifier;	/* unless the variant pins */
	u32 id, flags;
	u64 gfn, pages;
	unsigned long hva;
	unsigned long *dirty;		/* with a bitmap log that is on; lock */
};

struct mmuw_ref_tlb_entry {
	u64 gfn;
	struct page *page;		/* NULL: empty */
	bool writable;
	bool held;			/* has a reference to page */
};

struct mmuw_ref_vcpu {
	struct mmuw_ref_vm *vm;
	u16 id;
	struct mutex access;		/* one at a time: the ring has room for one */
	void *shared;			/* struct kvm_run, and the ring behind it */
	struct kvm_dirty_gfn *ring;	/* NULL: none */
	u32 ring_dirty, ring_reset;	/* entries ever pushed, ever reset; lock */
	spinlock_t tlb_lock;		/* an access holds it: who has flushed has waited for it */
	struct mmuw_ref_tlb_entry tlb[MMUW_REF_TLB];
};

struct mmuw_ref_vm {
	struct kref refs;		/* of its file, and of each vCPU's */
	struct mm_struct *mm;		/* mm_count */
	u16 id;				/* in the session, 0: not witnessed */
	enum mmuwitness_ref_variant variant;
	struct mmu_notifier aging;	/* unless the variant pins */
	struct rw_semaphore slots_sem;	/* slots; read for the time of a fault */
	struct mmuw_ref_slot *slots[MMUW_REF_SLOTS];
	u64 manual;			/* KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE, _INITIALLY_SET */
	u32 ring_entries;		/* 0: bitmaps */
	/* KVM's mmu_lock: translations, bitmaps, rings' indices, vcpus. */
	spinlock_t lock;
	struct xarray translations;	/* by gfn: xa_mk_value(), of all pages of all slots */
	struct mmuw_ref_vcpu *vcpus[MMUW_REF_VCPUS];
};

/* What a flush is for: a plant each. */
enum mmuw_ref_flush_reason {
	MMUW_REF_FLUSH_COLLECTION,
	MMUW_REF_FLUSH_LOG_ENABLE,
	MMUW_REF_FLUSH_NOTIFIER,
	MMUW_REF_FLUSH_ZAP,
	MMUW_REF_FLUSH_AGING,
};

/* vm_ioctl.c */
long mmuw_ref_check_extension(unsigned long capability);
int mmuw_ref_create_vm(unsigned long variant);

/* vm.c */
struct mmuw_ref_vm *mmuw_ref_vm_create(unsigned long variant);
void mmuw_ref_vm_put(struct mmuw_ref_vm *vm);
/* The reference VM of this file, NULL: it is something else. */
struct file;
struct mmuw_ref_vm *mmuw_ref_vm_of(const struct file *file);
static inline bool mmuw_ref_pins(const struct mmuw_ref_vm *vm)
{
	return vm->variant == MMUWITNESS_REF_PIN || vm->variant == MMUWITNESS_REF_LONGTERM_PIN;
}

/* slot.c: memslots, with slots_sem held */
struct mmuw_ref_slot *mmuw_ref_slot_of(struct mmuw_ref_vm *vm, u64 gfn);
static inline struct mmuw_ref_slot *mmuw_ref_slot_by_id(struct mmuw_ref_vm *vm, u32 id)
{
	return id < MMUW_REF_SLOTS ? vm->slots[id] : NULL;
}

int mmuw_ref_set_slot(struct mmuw_ref_vm *vm, const struct kvm_userspace_memory_region *region);
void mmuw_ref_remove_slots(struct mmuw_ref_vm *vm);

/* vcpu.c */
int mmuw_ref_create_vcpu(struct mmuw_ref_vm *vm, unsigned long id);

/* tlb.c */
bool mmuw_ref_tlb_access(struct mmuw_ref_vcpu *vcpu, struct mmuwitness_ref_access *access);
/* Takes the translation into the TLB, if there is one that permits this. */
bool mmuw_ref_walk(struct mmuw_ref_vcpu *vcpu, u64 gfn, bool write);
/* With lock held; when it returns no vCPU uses what was removed before. */
void mmuw_ref_flush(struct mmuw_ref_vm *vm, enum mmuw_ref_flush_reason why);
/* ... for both, in batches between which lock is dropped, unless the invalidation must not block. */
void mmuw_ref_zap_and_flush(struct mmuw_ref_slot *slot, u64 first, u64 end,
			    const struct mmu_notifier_range *range, enum mmuw_ref_flush_reason why);
void mmuw_ref_tlb_drop(struct mmuw_ref_vcpu *vcpu, bool held_too);

/* fault.c; 0 or the errors of REF_ACCESS */
int mmuw_ref_fault(struct mmuw_ref_vcpu *vcpu, u64 gfn, bool write);

/* translation.c: with lock held */
u64 mmuw_ref_load(struct mmuw_ref_vm *vm, u64 gfn);
void mmuw_ref_store(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn, u64 spte);
/* Removes those of [first, end), for an invalidation or (NULL) the VMM; true: there were some. */
bool mmuw_ref_zap(struct mmuw_ref_slot *slot, u64 first, u64 end,
		  const struct mmu_notifier_range *range);
/* Without lock: unpinning sleeps. */
void mmuw_ref_unpin_page(struct mmuw_ref_vm *vm, u64 spte);
/* Of [first, end), those in `which` if it is given; true: some were writable. Drops lock now and then. */
bool mmuw_ref_protect(struct mmuw_ref_slot *slot, u64 first, u64 end,
		      const unsigned long *which);
void mmuw_ref_mark_folio(struct mmuw_ref_vm *vm, struct mmuw_ref_vcpu *vcpu, struct page *page,
			 bool locked);

static inline struct page *mmuw_ref_page(u64 spte)
{
	return pfn_to_page(spte >> 12);
}

/* notifier.c */
extern const struct mmu_interval_notifier_ops mmuw_ref_interval_ops;
extern const struct mmu_notifier_ops mmuw_ref_aging_ops;

/* log.c */
void mmuw_ref_log_mark(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn);
bool mmuw_ref_ring_full(const struct mmuw_ref_vcpu *vcpu);
int mmuw_ref_log_enable(struct mmuw_ref_slot *slot);
void mmuw_ref_log_disable(struct mmuw_ref_slot *slot);
int mmuw_ref_log_get(struct mmuw_ref_vm *vm, const struct kvm_dirty_log *log);
int mmuw_ref_log_clear(struct mmuw_ref_vm *vm, const struct kvm_clear_dirty_log *log);
int mmuw_ref_rings_reset(struct mmuw_ref_vm *vm);

#endif /* _MMUWITNESS_REFERENCE_H */
