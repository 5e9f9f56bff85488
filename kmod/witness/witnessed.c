// SPDX-License-Identifier: GPL-2.0-only
#include "witness/witnessed.h"

#include <linux/export.h>

#include "uapi/mmuwitness.h"

/*
 * What is read is followed, too (kvm, and a mapping's i_pages): whoever takes an entry
 * away waits for a grace period before it lets go of the file that keeps it.
 */
static struct kvm *vms[MMUWITNESS_MAX_VMS];
static struct address_space *files[MMUWITNESS_MAX_FILES];
/* The highest id in use: most look-ups are in vain, of other VMs and files. */
static u16 last_vm, last_file;
static struct mm_struct *session_mm;

u16 mmuw_vm_id(const struct kvm *kvm)
{
	u16 i;

	if (!kvm)
		return 0;
	for (i = 0; i < READ_ONCE(last_vm); i++)
		if (READ_ONCE(vms[i]) == kvm)
			return i + 1;
	return 0;
}
EXPORT_SYMBOL_GPL(mmuw_vm_id);

struct kvm *mmuw_vm_only(void)
{
	struct kvm *only = NULL, *kvm;
	unsigned int i;

	for (i = 0; i < MMUWITNESS_MAX_VMS; i++) {
		kvm = READ_ONCE(vms[i]);
		if (kvm && only)
			return NULL;
		if (kvm)
			only = kvm;
	}
	return only;
}
EXPORT_SYMBOL_GPL(mmuw_vm_only);

u16 mmuw_file_id(const struct address_space *mapping)
{
	u16 i;

	if (!mapping)
		return 0;
	for (i = 0; i < READ_ONCE(last_file); i++)
		if (READ_ONCE(files[i]) == mapping)
			return i + 1;
	return 0;
}
EXPORT_SYMBOL_GPL(mmuw_file_id);

bool mmuw_is_session_mm(const struct mm_struct *mm)
{
	return mm && mm == READ_ONCE(session_mm);
}
EXPORT_SYMBOL_GPL(mmuw_is_session_mm);

/*
 * No hook looks at what was forgotten any more. Expedited, as KVM's own wait for a memslot:
 * a run forgets some VMs and files a second, and a grace period is tens of milliseconds.
 */
static void wait_for_hooks(void)
{
	synchronize_rcu_expedited();
}

void mmuw_witness_vm(u16 id, struct kvm *kvm)
{
	u16 last = MMUWITNESS_MAX_VMS;

	WRITE_ONCE(vms[id - 1], kvm);
	while (last && !vms[last - 1])
		last--;
	WRITE_ONCE(last_vm, last);
	if (!kvm)
		wait_for_hooks();
}

void mmuw_witness_file(u16 id, struct address_space *mapping)
{
	u16 last = MMUWITNESS_MAX_FILES;

	WRITE_ONCE(files[id - 1], mapping);
	while (last && !files[last - 1])
		last--;
	WRITE_ONCE(last_file, last);
	if (!mapping)
		wait_for_hooks();
}

void mmuw_witness_mm(struct mm_struct *mm)
{
	WRITE_ONCE(session_mm, mm);
}
