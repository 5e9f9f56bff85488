/* SPDX-License-Identifier: GPL-2.0-only */
/* What is hooked: the tables, and what one kind of hook has for another. */
#ifndef _MMUWITNESS_HOOKS_H
#define _MMUWITNESS_HOOKS_H

#include "witness/hook.h"

extern const struct mmuw_hook mmuw_kvm_hooks[];
extern const struct mmuw_hook mmuw_fault_hooks[];
extern const struct mmuw_hook mmuw_flush_hooks[];
extern const struct mmuw_hook mmuw_folio_hooks[];
extern const struct mmuw_hook mmuw_young_hooks[];
extern const struct mmuw_hook mmuw_prefault_hooks[];
extern const struct mmuw_hook mmuw_merge_hooks[];
extern const struct mmuw_hook mmuw_self_hooks[];
extern const struct mmuw_hook mmuw_arch_hooks[];
extern const struct mmuw_tracepoint mmuw_folio_tracepoints[];
extern const struct mmuw_tracepoint mmuw_arch_tracepoints[];

/* tables.c: those of a session on KVM, and on another MMU, whose own hooks are given. */
extern const struct mmuw_hook_set mmuw_hooks_of_kvm;
const struct mmuw_hook_set *mmuw_hooks_with(const struct mmuw_hook *hooks);

/* folio.c: KVM is about to set PG_dirty of this page's folio. */
void mmuw_folio_kvm_dirty(struct mmuw_call *call, unsigned long pfn);

/* fault.c: for the architecture's hook on mmuw_fault_symbol() ... */
void mmuw_fault_begin(struct mmuw_call *call);
/* ... or where KVM handles one elsewhere: gfn, write and error_code are filled in */
void mmuw_fault_begin_of(struct mmuw_call *call, struct kvm_vcpu *vcpu, struct mmuw_fault_event *e);
/* ... and on what gives the fault its pfn, at its return and without mmu_lock. */
void mmuw_fault_pfn_found(struct mmuw_call *call);
/* ... and, by the probe of the tracepoint "fault_end": the vCPU enters the guest, be it again only. */
void mmuw_fault_reentry(struct mmuw_traced *traced);
/* The current task's vCPU has handled its fault, if it was in one. */
void mmuw_fault_end(void);

/* self.c: hooks on functions are called, and their returns are. */
bool mmuw_hooks_alive(void);

#endif /* _MMUWITNESS_HOOKS_H */
