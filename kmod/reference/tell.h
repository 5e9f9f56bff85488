/* SPDX-License-Identifier: GPL-2.0-only */
/* The reference MMU is its own witness: the events and points that hooks tell of KVM. */
#ifndef _MMUWITNESS_REFERENCE_TELL_H
#define _MMUWITNESS_REFERENCE_TELL_H

#include <linux/types.h>

#include "uapi/mmuwitness.h"
#include "witness/hook.h"

struct mmuw_ref_slot;
struct page;
struct mmuw_ref_vcpu;
struct mmuw_ref_vm;

/* What is told, and what the MMU itself hooks. */
extern const struct mmuw_hook mmuw_ref_hooks[];

void mmuw_ref_tell_ioctl(struct mmuw_ref_vm *vm, unsigned int cmd, u8 phase, s64 ret);
/* phase: enum mmuwitness_fault_phase; seq: the slot's, of the look-up. */
void mmuw_ref_tell_fault(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn,
			 bool write, u8 phase, u64 seq);
void mmuw_ref_tell_pfn_found(struct mmuw_ref_vcpu *vcpu, u64 gfn);
/* The rest with the VM's lock held. */
void mmuw_ref_tell_spte(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn,
			u64 old, u64 new);
void mmuw_ref_tell_flush(struct mmuw_ref_vm *vm, u8 phase);
void mmuw_ref_tell_log_mark(struct mmuw_ref_slot *slot, struct mmuw_ref_vcpu *vcpu, u64 gfn);
/* op: enum mmuwitness_ring_op */
void mmuw_ref_tell_ring(struct mmuw_ref_vm *vm, struct mmuw_ref_vcpu *vcpu, u8 op, u16 slot,
			u64 offset);
/* locked: with the VM's lock held. */
void mmuw_ref_tell_dirty(struct mmuw_ref_vm *vm, struct mmuw_ref_vcpu *vcpu, struct page *page,
			 bool locked);
/* op: enum mmuwitness_young_op; young: at its end */
void mmuw_ref_tell_young(struct mmuw_ref_vm *vm, u8 op, u8 phase, u64 start, u64 end,
			 bool young);

#endif /* _MMUWITNESS_REFERENCE_TELL_H */
