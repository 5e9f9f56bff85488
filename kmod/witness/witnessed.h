/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VMs and files are witnessed, and of which mm. Hooks ask under
 * rcu_read_lock(); ids start at 1, 0: not ours. Changed under the session lock.
 */
#ifndef _MMUWITNESS_WITNESSED_H
#define _MMUWITNESS_WITNESSED_H

#include <linux/kvm_host.h>
#include <linux/mm_types.h>
#include <linux/pagemap.h>

u16 mmuw_vm_id(const struct kvm *kvm);
/* The one witnessed VM of KVM's, NULL if there are none or several. */
struct kvm *mmuw_vm_only(void);
u16 mmuw_file_id(const struct address_space *mapping);
bool mmuw_is_session_mm(const struct mm_struct *mm);

/* kvm NULL, mapping NULL: it is not witnessed any more when this returns. */
void mmuw_witness_vm(u16 id, struct kvm *kvm);
void mmuw_witness_file(u16 id, struct address_space *mapping);
void mmuw_witness_mm(struct mm_struct *mm);

#endif /* _MMUWITNESS_WITNESSED_H */
