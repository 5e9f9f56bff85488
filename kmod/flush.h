/* SPDX-License-Identifier: GPL-2.0-only */
/* Remote TLB flushes: how they are put on record, whatever does them. */
#ifndef _MMUWITNESS_FLUSH_H
#define _MMUWITNESS_FLUSH_H

#include <linux/kvm_host.h>

#include "hook.h"

/*
 * From a hook's on_enter: a flush of [gfn, gfn + pages) is asked for; pages 0:
 * of the whole VM. phase: MMUWITNESS_FLUSH_REQUEST or _ROOTS_REQUEST. Fills
 * f->saved; false: not a VM of ours.
 */
bool mmuw_flush_begin(struct mmuw_hook *h, struct mmuw_frame *f, const struct kvm *kvm, u8 phase,
		      u64 gfn, u64 pages);
/* And from its on_return: it is complete. */
void mmuw_flush_done(struct mmuw_hook *h, struct mmuw_frame *f, unsigned long ret);

/*
 * missed_for of the hook that sees all flushes of a whole VM. Is the function
 * that is watched the one that is called, or was it inlined? KVM counts its
 * requests; not atomically, so never too many.
 */
u64 mmuw_flushes_missed(struct mmuw_hook *h, struct kvm *kvm, u16 vm);

#endif /* _MMUWITNESS_FLUSH_H */
