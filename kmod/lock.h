/* SPDX-License-Identifier: GPL-2.0-only */
/* A lockless look at mmu_lock: held by somebody, or by nobody. */
#ifndef _MMUWITNESS_LOCK_H
#define _MMUWITNESS_LOCK_H

#include <linux/kvm_host.h>

#include "uapi/mmuwitness.h"

static inline u8 mmuw_mmu_lock(struct kvm *kvm)
{
	if (!kvm)
		return MMUWITNESS_LOCK_UNKNOWN;
#if defined(KVM_HAVE_MMU_RWLOCK) && defined(CONFIG_QUEUED_RWLOCKS) && !defined(CONFIG_PREEMPT_RT)
	/* rwlock has no is_locked; zero is unlocked, asm-generic/qrwlock.h */
	return atomic_read(&kvm->mmu_lock.raw_lock.cnts) ? MMUWITNESS_LOCK_HELD :
							   MMUWITNESS_LOCK_FREE;
#elif !defined(KVM_HAVE_MMU_RWLOCK)
	return spin_is_locked(&kvm->mmu_lock) ? MMUWITNESS_LOCK_HELD : MMUWITNESS_LOCK_FREE;
#else
	return MMUWITNESS_LOCK_UNKNOWN;
#endif
}

#endif /* _MMUWITNESS_LOCK_H */
