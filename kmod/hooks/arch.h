/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture provides, in a folder of its own. Also its tables:
 * mmuw_arch_hooks and mmuw_arch_tracepoints (hook.h), mmuw_plants_arch (plant.h).
 */
#ifndef _MMUWITNESS_ARCH_H
#define _MMUWITNESS_ARCH_H

#include <linux/kvm_host.h>

#include "witness/events.h"

/* KVM's handler of guest page faults, and what its arguments say: gfn, write, error_code. */
const char *mmuw_fault_symbol(void);
struct kvm_vcpu *mmuw_fault_args(const unsigned long *arg, struct mmuw_fault_event *e);
/* It looks up again after a stale pfn, instead of letting the guest fault again. */
bool mmuw_fault_retries(void);

/*
 * SPTEs as MMUWITNESS_SPTE_* bits; 0: not present. level: 1 is a page, as in
 * the events.
 */
u8 mmuw_spte_bits(u64 spte, int level);
unsigned long mmuw_spte_pfn(u64 spte);

#endif /* _MMUWITNESS_ARCH_H */
