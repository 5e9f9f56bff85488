/* SPDX-License-Identifier: GPL-2.0-only */
/* Where KVM asks for a remote flush on this architecture, for plants that skip it. */
#ifndef _MMUWITNESS_PLANT_FLUSHES_H
#define _MMUWITNESS_PLANT_FLUSHES_H

struct kvm;
struct kvm *mmuw_plant_flush_request(const unsigned long *arg);

/* kvm_flush_remote_tlbs() is inlined in log collection and notifiers: what it calls. */
#define MMUW_PLANT_ON_FLUSHES						\
	.symbols = { "kvm_make_all_cpus_request" }, .kvm_of = mmuw_plant_flush_request

#endif /* _MMUWITNESS_PLANT_FLUSHES_H */
