/* SPDX-License-Identifier: GPL-2.0-only */
/* Where KVM asks for a remote flush on this architecture, for plants that skip it. */
#ifndef _MMUWITNESS_PLANT_FLUSHES_H
#define _MMUWITNESS_PLANT_FLUSHES_H

#define MMUW_PLANT_ON_FLUSHES .symbols = { "kvm_flush_remote_tlbs" }

#endif /* _MMUWITNESS_PLANT_FLUSHES_H */
