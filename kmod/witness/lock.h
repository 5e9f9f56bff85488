/* SPDX-License-Identifier: GPL-2.0-only */
/* mmu_lock: an rwlock or a spinlock, by architecture (virt/kvm/kvm_mm.h is private). */
#ifndef _MMUWITNESS_LOCK_H
#define _MMUWITNESS_LOCK_H

#include <linux/kvm_host.h>

#include "uapi/mmuwitness.h"

static inline void mmuw_mmu_write_lock(struct kvm *kvm)
{
#ifdef KVM_HAVE_MMU_RWLOCK
	write_lock(&kvm->mmu_lock);
#else
	spin_lock(&kvm->mmu_lock);
#endif
}

static inline void mmuw_mmu_write_unlock(struct kvm *kvm)
{
#ifdef KVM_HAVE_MMU_RWLOCK
	write_unlock(&kvm->mmu_lock);
#else
	spin_unlock(&kvm->mmu_lock);
#endif
}

/* A lockless look: held by somebody, or by nobody. */
static inline u8 mmuw_mmu_lock_state(struct kvm *kvm)
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
