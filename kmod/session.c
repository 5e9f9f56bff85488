// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include <linux/file.h>
#include <linux/fs.h>

#include "context.h"
#include "fregs.h"
#include "hook.h"
#include "notifier.h"
#include "plant.h"

struct witnessed_vm {
	struct kvm *kvm;
	struct file *file;		/* keeps kvm alive, without linking to KVM */
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

int mmuw_session_start(void)
{
	int err;

	if (session_mm)
		return -EALREADY;
	if (!current->mm)
		return -EINVAL;
	mmuw_context_reset();
	mmuw_plant_session_starts();
	err = mmuw_hooks_attach();
	if (err)
		return err;
	err = mmuw_notifier_register_inner(current->mm);
	if (err) {
		mmuw_hooks_detach();
		return err;
	}
	WRITE_ONCE(session_mm, current->mm);
	return 0;
}

static void forget_vm(struct witnessed_vm *vm)
{
	struct file *file = vm->file;

	WRITE_ONCE(vm->kvm, NULL);
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

int mmuw_session_add_vm(struct mmuwitness_vm *arg)
{
	struct file *file;
	struct kvm *kvm;
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
	if (!file_is_vm(file)) {
		err = -EBADF;
		goto put;
	}
	kvm = file->private_data;
	err = -EINVAL;
	if (kvm->mm != session_mm || current->mm != session_mm || mmuw_vm_id(kvm))
		goto put;
	/* The outer notifier has to be newer than every VM's to run first. */
	err = mmuw_notifier_register_outer(session_mm);
	if (err)
		goto put;
	vms[i].file = file;
	mmuw_hooks_vm_added(kvm, i + 1);
	WRITE_ONCE(vms[i].kvm, kvm);
	arg->id = i + 1;
	return 0;
put:
	fput(file);
	return err;
}

int mmuw_session_del_vm(const struct mmuwitness_vm *arg)
{
	if (!arg->id || arg->id > MMUWITNESS_MAX_VMS || !vms[arg->id - 1].file)
		return -ENOENT;
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
