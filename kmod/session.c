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
 * Written under the session lock, read by hooks under rcu_read_lock(). What is
 * read is followed, too (kvm, and a mapping's i_pages): its file is kept past a grace
 * period, and its id is not given to another one before that.
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
	err = mmuw_notifier_register_after(current->mm);
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
	synchronize_rcu();
	mmuw_plant_wait_settled();
	vm->file = NULL;
	fput(file);
}

static void forget_file(unsigned int i)
{
	struct file *file = files[i].file;

	WRITE_ONCE(files[i].mapping, NULL);
	synchronize_rcu();
	files[i].file = NULL;
	fput(file);
}

void mmuw_session_stop(void)
{
	unsigned int i;

	if (session_mm) {
		mmuw_plant_wait_settled();
		WRITE_ONCE(session_mm, NULL);
		mmuw_notifier_unregister();
		mmuw_hooks_detach();
	}
	for (i = 0; i < MMUWITNESS_MAX_VMS; i++)
		if (vms[i].file)
			forget_vm(&vms[i]);
	for (i = 0; i < MMUWITNESS_MAX_FILES; i++)
		if (files[i].file)
			forget_file(i);
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

/*
 * No symbol of KVM is linked, so nothing else says that the headers that this module
 * was built with have the struct kvm of the kvm.ko that is loaded.
 */
static bool layout_is_known(const struct kvm *kvm)
{
	return kvm->mmu_notifier.mm == session_mm && kvm->mmu_notifier.ops &&
	       kvm->mmu_invalidate_in_progress >= 0 && kvm->mmu_invalidate_in_progress < 4096;
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
	if (!layout_is_known(kvm))
		return -ENOEXEC;
	/* Newer than every VM's, to be called first. */
	err = mmuw_notifier_register_before();
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
	if (!arg->id || arg->id > MMUWITNESS_MAX_FILES || !files[arg->id - 1].file)
		return -ENOENT;
	forget_file(arg->id - 1);
	return 0;
}

struct address_space *mmuw_session_mapping(u32 file)
{
	if (!file || file > MMUWITNESS_MAX_FILES)
		return NULL;
	return files[file - 1].mapping;
}
