/* SPDX-License-Identifier: GPL-2.0-only */
/* Where KVM asks for a remote flush on this architecture, for plants that skip it. */
#ifndef _MMUWITNESS_PLANT_FLUSHES_H
#define _MMUWITNESS_PLANT_FLUSHES_H

/*
 * Without CONFIG_HYPERV the first one is inlined into the others. Where it is not they
 * call it, and what one skips does not come to the next.
 */
#define MMUW_PLANT_ON_FLUSHES						\
	.symbols = { "kvm_flush_remote_tlbs", "kvm_flush_remote_tlbs_range",	\
		     "kvm_flush_remote_tlbs_memslot" },			\
	.all = true

#endif /* _MMUWITNESS_PLANT_FLUSHES_H */
