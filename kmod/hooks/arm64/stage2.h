/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How KVM visits the entries of a stage-2 table: a walker's callback gets one
 * structure, up to 6.2 several arguments.
 */
#ifndef _MMUWITNESS_ARM64_STAGE2_H
#define _MMUWITNESS_ARM64_STAGE2_H

#include <asm/kvm_pgtable.h>

/* Stage-2 descriptors, Arm ARM D8.3; KVM's own names are not in the headers of 6.1. */
#define MMUW_S2_READABLE BIT(6)
#define MMUW_S2_WRITABLE BIT(7)
#define MMUW_S2_ACCESSED BIT(10)

struct mmuw_visit {
	u64 addr;			/* IPA */
	kvm_pte_t *ptep;
	kvm_pte_t old;			/* what the walker has read */
	u64 bytes;			/* from addr on that the walk is for */
	int level;			/* 1: a page, as in the events */
	enum kvm_pgtable_walk_flags what;	/* leaf, table before or after its children */
	const void *data;		/* the walker's own */
};

#ifdef MMUW_HAVE_VISIT_CTX
/* int walker(const struct kvm_pgtable_visit_ctx *ctx, enum kvm_pgtable_walk_flags visit) */
static inline struct mmuw_visit mmuw_visit(const unsigned long *arg)
{
	const struct kvm_pgtable_visit_ctx *ctx = (const struct kvm_pgtable_visit_ctx *)arg[0];

	return (struct mmuw_visit){
		.addr = ctx->addr, .ptep = ctx->ptep, .old = ctx->old,
		.bytes = ctx->end - ctx->addr, .level = 4 - ctx->level, .what = arg[1], .data = ctx->arg,
	};
}
#else
/* int walker(u64 addr, u64 end, u32 level, kvm_pte_t *ptep, flags visit, void *data) */
static inline struct mmuw_visit mmuw_visit(const unsigned long *arg)
{
	kvm_pte_t *ptep = (kvm_pte_t *)arg[3];

	return (struct mmuw_visit){
		.addr = arg[0], .ptep = ptep, .old = READ_ONCE(*ptep),
		.bytes = arg[1] - arg[0], .level = 4 - (int)arg[2], .what = arg[4], .data = (const void *)arg[5],
	};
}
#endif

static inline bool mmuw_stage2_is_table(kvm_pte_t pte, int level)
{
	return level > 1 && (pte & 3) == 3;
}

static inline bool mmuw_stage2_is_leaf(kvm_pte_t pte, int level)
{
	return (pte & KVM_PTE_VALID) && !mmuw_stage2_is_table(pte, level);
}

#endif /* _MMUWITNESS_ARM64_STAGE2_H */
