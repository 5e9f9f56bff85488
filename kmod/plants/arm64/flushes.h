/* SPDX-License-Identifier: GPL-2.0-only */
/* Where KVM asks for a remote flush on this architecture, for plants that skip it. */
#ifndef _MMUWITNESS_PLANT_FLUSHES_H
#define _MMUWITNESS_PLANT_FLUSHES_H

/*
 * Of the VM, of a range, or of a page when an SPTE goes. Not inlined everywhere, so all
 * of them; the task's context says whose it is, since their arguments differ.
 */
#define MMUW_PLANT_ON_FLUSHES						\
	.symbols = { "kvm_flush_remote_tlbs", "kvm_arch_flush_remote_tlbs",	\
		     "kvm_tlb_flush_vmid_range", "__kvm_tlb_flush_vmid_ipa" },	\
	.all = true

#endif /* _MMUWITNESS_PLANT_FLUSHES_H */
