// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include <linux/file.h>
#include <linux/fs.h>

#include "context.h"
#include "fregs.h"
#include "hook.h"
#include "notifier.h"
#include "plant.h"
#include "reference/reference.h"

struct witnessed_vm {
	struct kvm *kvm;		/* NULL: a reference VM, which has its id itself */
	struct file *file;		/* keeps the VM alive, without linking to KVM */
};

/*
 * Written under the session lock, read by hooks under rcu_read_lock(): a
 * pointer is only ever compared, never followed, except for kvm, which its
 * file keeps alive past the grace period.
 */
static struct witnessed_vm vms[MMUWITNESS_MAX_VMS];
static struct {
	struct address_space *mapping;
	struct file *file;
} files[MMUWITNESS_MAX_FILES];
static struct mm_struct *session_mm;
static enum mmuwitness_mmu session_mmu;

u16 mmuw_vm_id(const struct kvm *kvm)
{
	u16 i;

	if (!kvm)
		return 0;
	for (i = 0; i < MMUWITNESS_MAX_VMS; i++)
		if (READ_ONCE(vms[i].kvm) == kvm)
			return i + 1;
	return 0;
}

/* The one witnessed VM, NULL if there are none or several. */
struct kvm *mmuw_vm_only(void)
{
	struct kvm *only = NULL, *kvm;
	unsigned int i;

	for (i = 0; i < MMUWITNESS_MAX_VMS; i++) {
		kvm = READ_ONCE(vms[i].kvm);
		if (kvm && only)
			return NULL;
		if (kvm)
			only = kvm;
	}
	return only;
}

u16 mmuw_file_id(const struct address_space *mapping)
{
	u16 i;

	if (!mapping)
		return 0;
	for (i = 0; i < MMUWITNESS_MAX_FILES; i++)
		if (READ_ONCE(files[i].mapping) == mapping)
			return i + 1;
	return 0;
}

bool mmuw_is_session_mm(const struct mm_struct *mm)
{
	return mm && mm == READ_ONCE(session_mm);
}

bool mmuw_session_started(void)
{
	return session_mm;
}

enum mmuwitness_mmu mmuw_session_mmu(void)
{
	return session_mmu;
}

int mmuw_session_start(const struct mmuwitness_start *arg)
{
	int err;

	if (session_mm)
		return -EALREADY;
	if (!current->mm || arg->reserved || arg->mmu > MMUWITNESS_MMU_REFERENCE)
		return -EINVAL;
	session_mmu = arg->mmu;
	mmuw_context_reset();
	mmuw_plant_session_starts();
	err = mmuw_hooks_attach(session_mmu);
	if (err)
		goto no_session;
	err = mmuw_notifier_register_inner(current->mm);
	if (err) {
		mmuw_hooks_detach();
		goto no_session;
	}
	WRITE_ONCE(session_mm, current->mm);
	return 0;
no_session:
	session_mmu = MMUWITNESS_MMU_KVM;
	return err;
}

static void forget_vm(struct witnessed_vm *vm)
{
	struct file *file = vm->file;
	struct mmuw_ref_vm *ref = mmuw_ref_vm_of(file);

	WRITE_ONCE(vm->kvm, NULL);
	if (ref)
		WRITE_ONCE(ref->id, 0);
	vm->file = NULL;
	synchronize_rcu();
	fput(file);
}

void mmuw_session_stop(void)
{
	unsigned int i;

	if (session_mm) {
		WRITE_ONCE(session_mm, NULL);
		mmuw_notifier_unregister();
		mmuw_hooks_detach();
	}
	for (i = 0; i < MMUWITNESS_MAX_VMS; i++)
		if (vms[i].file)
			forget_vm(&vms[i]);
	for (i = 0; i < MMUWITNESS_MAX_FILES; i++) {
		WRITE_ONCE(files[i].mapping, NULL);
		if (files[i].file)
			fput(files[i].file);
		files[i].file = NULL;
	}
	mmuw_context_reset();
	session_mmu = MMUWITNESS_MMU_KVM;
}

/*
 * A KVM VM is a file whose ioctl is kvm_vm_ioctl(): its f_op is private to
 * kvm_main.c and file_is_kvm() is only exported to KVM's own modules.
 */
static bool file_is_vm(const struct file *file)
{
	unsigned long vm_ioctl = mmuw_hook_address("vm_ioctl");

	return vm_ioctl &&
	       vm_ioctl - (unsigned long)file->f_op->unlocked_ioctl < MMUW_MAX_PROLOGUE;
}

static int add_kvm(struct file *file, u16 id)
{
	struct kvm *kvm;
	int err;

	if (!file_is_vm(file))
		return -EBADF;
	kvm = file->private_data;
	if (kvm->mm != session_mm || mmuw_vm_id(kvm))
		return -EINVAL;
	/* The outer notifier has to be newer than every VM's to run first. */
	err = mmuw_notifier_register_outer(session_mm);
	if (err)
		return err;
	mmuw_hooks_vm_added(kvm, id);
	WRITE_ONCE(vms[id - 1].kvm, kvm);
	return 0;
}

static int add_reference(struct file *file, u16 id)
{
	struct mmuw_ref_vm *vm = mmuw_ref_vm_of(file);

	if (!vm)
		return -EBADF;
	if (vm->mm != session_mm || vm->id)
		return -EINVAL;
	WRITE_ONCE(vm->id, id);
	return 0;
}

int mmuw_session_add_vm(struct mmuwitness_vm *arg)
{
	struct file *file;
	unsigned int i;
	int err;

	if (!session_mm)
		return -ENOTCONN;
	for (i = 0; i < MMUWITNESS_MAX_VMS && vms[i].file; i++)
		;
	if (i == MMUWITNESS_MAX_VMS)
		return -ENOSPC;
	file = fget(arg->vm_fd);
	if (!file)
		return -EBADF;
	if (current->mm != session_mm)
		err = -EINVAL;
	else if (session_mmu == MMUWITNESS_MMU_REFERENCE)
		err = add_reference(file, i + 1);
	else
		err = add_kvm(file, i + 1);
	if (err) {
		fput(file);
		return err;
	}
	vms[i].file = file;
	arg->id = i + 1;
	return 0;
}

int mmuw_session_del_vm(const struct mmuwitness_vm *arg)
{
	if (!arg->id || arg->id > MMUWITNESS_MAX_VMS || !vms[arg->id - 1].file)
		return -ENOENT;
	if (vms[arg->id - 1].kvm)
		mmuw_hooks_vm_leaves(vms[arg->id - 1].kvm, arg->id);
	forget_vm(&vms[arg->id - 1]);
	return 0;
}

int mmuw_session_add_file(struct mmuwitness_file *arg)
{
	struct file *file;
	unsigned int i;

	for (i = 0; i < MMUWITNESS_MAX_FILES && files[i].file; i++)
		;
	if (i == MMUWITNESS_MAX_FILES)
		return -ENOSPC;
	file = fget(arg->fd);
	if (!file)
		return -EBADF;
	if (!S_ISREG(file_inode(file)->i_mode) || mmuw_file_id(file->f_mapping)) {
		fput(file);
		return -EINVAL;
	}
	files[i].file = file;
	WRITE_ONCE(files[i].mapping, file->f_mapping);
	arg->id = i + 1;
	return 0;
}

int mmuw_session_del_file(const struct mmuwitness_file *arg)
{
	struct file *file;

	if (!arg->id || arg->id > MMUWITNESS_MAX_FILES || !files[arg->id - 1].file)
		return -ENOENT;
	file = files[arg->id - 1].file;
	WRITE_ONCE(files[arg->id - 1].mapping, NULL);
	files[arg->id - 1].file = NULL;
	fput(file);
	return 0;
}

struct address_space *mmuw_session_mapping(u32 file)
{
	if (!file || file > MMUWITNESS_MAX_FILES)
		return NULL;
	return files[file - 1].mapping;
}
