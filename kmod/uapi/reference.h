/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/mmuwitness-reference: a secondary MMU in software, whose every step is
 * known. It speaks KVM's own ioctls, so a VMM drives it as it drives /dev/kvm:
 *
 *   system  KVM_GET_API_VERSION, KVM_CHECK_EXTENSION, KVM_GET_VCPU_MMAP_SIZE,
 *           KVM_CREATE_VM (argument: enum mmuwitness_ref_variant)
 *   VM      KVM_CHECK_EXTENSION, KVM_ENABLE_CAP (manual dirty log, dirty ring),
 *           KVM_SET_USER_MEMORY_REGION, KVM_GET_DIRTY_LOG, KVM_CLEAR_DIRTY_LOG,
 *           KVM_RESET_DIRTY_RINGS, KVM_CREATE_VCPU
 *   vCPU    mmap() as KVM's, and MMUWITNESS_REF_ACCESS in place of KVM_RUN
 *
 * Structures and errors are those of linux/kvm.h; whatever else is ENOTTY, or
 * EINVAL for flags and capabilities. Root only. A vCPU is a thread of the process
 * that made the VM: another one's accesses fail with EIO.
 */
#ifndef _UAPI_MMUWITNESS_REFERENCE_H
#define _UAPI_MMUWITNESS_REFERENCE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MMUWITNESS_REFERENCE "/dev/mmuwitness-reference"

/* When the folio is marked dirty, and what keeps its page: docs/reference.md. */
enum mmuwitness_ref_variant {
	MMUWITNESS_REF_DIRTY_AT_MAP = 0,	/* before a writable translation is made */
	MMUWITNESS_REF_DIRTY_AT_UNMAP,		/* when one is removed */
	MMUWITNESS_REF_DIRTY_AT_INVALIDATE,	/* by each invalidation that finds one */
	MMUWITNESS_REF_PAGE_REFERENCE,		/* at map; a translation holds a page reference */
	MMUWITNESS_REF_PIN,			/* a pin instead of a notifier, dirty when unpinned */
	MMUWITNESS_REF_LONGTERM_PIN,		/* the same, and declared: FOLL_LONGTERM */
	MMUWITNESS_REF_VARIANTS,
};

enum mmuwitness_ref_op {
	MMUWITNESS_REF_LOAD = 1,	/* acquires */
	MMUWITNESS_REF_STORE,		/* releases */
	MMUWITNESS_REF_ADD,		/* atomic, ordered */
};

/*
 * REF_ACCESS: one access of the vCPU to guest memory.
 *
 * ENOENT: no memslot there (KVM would exit for MMIO). EXFULL: the vCPU's dirty
 * ring is full. EINTR: a signal came first; nothing was done. EFAULT: the host has
 * no such page, or refuses it.
 */
struct mmuwitness_ref_access {
	__u64 gpa;			/* (in) a multiple of 8 */
	__u64 value;			/* (in) STORE, ADD: the addend; (out) LOAD, ADD: the sum */
	__u32 op;			/* (in) enum mmuwitness_ref_op */
	__u32 reserved;			/* (in) 0 */
};

#define MMUWITNESS_REF_ACCESS _IOWR(0xB9, 0x40, struct mmuwitness_ref_access)

/* Translations in spte events: the pfn from bit 12 on, and these. */
#define MMUWITNESS_REF_PRESENT (1u << 0)
#define MMUWITNESS_REF_WRITABLE (1u << 1)
#define MMUWITNESS_REF_DIRTY (1u << 2)
#define MMUWITNESS_REF_ACCESSED (1u << 3)	/* set by a walk, without an event */
#define MMUWITNESS_REF_HELD (1u << 4)		/* it has a page reference, or a pin */

#endif /* _UAPI_MMUWITNESS_REFERENCE_H */
