/* SPDX-License-Identifier: GPL-2.0-only */
/* The session: which VMs and files are witnessed. */
#ifndef _MMUWITNESS_SESSION_H
#define _MMUWITNESS_SESSION_H

#include <linux/kvm_host.h>
#include <linux/mm_types.h>
#include <linux/pagemap.h>

#include "uapi/mmuwitness.h"

/* Filters run in hooks: callers hold rcu_read_lock(). Ids start at 1, 0: not ours. */
u16 mmuw_vm_id(const struct kvm *kvm);
struct kvm *mmuw_vm_only(void);
u16 mmuw_file_id(const struct address_space *mapping);
bool mmuw_is_session_mm(const struct mm_struct *mm);

bool mmuw_session_started(void);
enum mmuwitness_mmu mmuw_session_mmu(void);
int mmuw_session_start(const struct mmuwitness_start *arg);
void mmuw_session_stop(void);
int mmuw_session_add_vm(struct mmuwitness_vm *arg);
int mmuw_session_del_vm(const struct mmuwitness_vm *arg);
int mmuw_session_add_file(struct mmuwitness_file *arg);
int mmuw_session_del_file(const struct mmuwitness_file *arg);
/* The mapping of a file of the session; stable while the caller holds the session lock. */
struct address_space *mmuw_session_mapping(u32 file);

#endif /* _MMUWITNESS_SESSION_H */
