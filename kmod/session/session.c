// SPDX-License-Identifier: GPL-2.0-only
#include "session/session.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kvm_host.h>

#include "gates/gate.h"
#include "hooks/hooks.h"
#include "witness/breaker.h"
#include "witness/context.h"
#include "witness/fregs.h"
#include "witness/notifier.h"
#include "witness/second_mmu.h"
#include "witness/witnessed.h"

DEFINE_MUTEX(mmuw_session_lock);

/* By id - 1. The file keeps the VM alive, without linking to KVM. */
static struct {
	struct file *file;		/* NULL: free */
	struct kvm *kvm;		/* NULL: it is the second MMU's */
} vms[MMUWITNESS_MAX_VMS];
static struct file *files[MMUWITNESS_MAX_FILES];
static struct mm_struct *session_mm;	/* NULL: not started; kept by the notifiers */
static const struct mmuw_second_mmu *second;	/* NULL: on KVM */

bool mmuw_session_started(void)
{
	lockdep_assert_held(&mmuw_session_lock);
	return session_mm;
}

enum mmuwitness_mmu mmuw_session_mmu(void)
{
	lockdep_assert_held(&mmuw_session_lock);
	return second ? MMUWITNESS_MMU_REFERENCE : MMUWITNESS_MMU_KVM;
}

/* The process is gone: whoever is held goes on, and what is broken works again. */
static void on_release(void)
{
	mmuw_gates_open();
	mmuw_break_nothing();
}

/* The notifier first: a signal begins the ioctl anew there, and hooks take far longer. */
static int attach(void)
{
	int err = mmuw_notifier_register_after(current->mm, on_release);

	if (err)
		return err;
	err = mmuw_hooks_attach(second ? mmuw_hooks_with(second->hooks) : &mmuw_hooks_of_kvm);
	if (err)
		mmuw_notifier_unregister();
	return err;
}

int mmuw_session_start(const struct mmuwitness_start *arg)
{
	const struct mmuw_breaker *breaker = mmuw_breaker();
	int err;

	lockdep_assert_held(&mmuw_session_lock);
	if (session_mm)
		return -EALREADY;
	if (!current->mm || arg->reserved || arg->mmu > MMUWITNESS_MMU_REFERENCE)
		return -EINVAL;
	if (arg->mmu == MMUWITNESS_MMU_REFERENCE) {
		second = mmuw_second_mmu_get();
		if (!second)
			return -ENODEV;
	}
	mmuw_context_reset();
	if (breaker)
		breaker->session_starts();
	err = attach();
	if (err) {
		mmuw_second_mmu_put(second);
		second = NULL;
		return err;
	}
	session_mm = current->mm;
	mmuw_witness_mm(session_mm);
	return 0;
}

static void forget_vm(u16 id)
{
	const struct mmuw_breaker *breaker = mmuw_breaker();
	struct file *file = vms[id - 1].file;

	if (vms[id - 1].kvm)
		mmuw_hooks_vm_leaves(vms[id - 1].kvm, id);
	else
		second->set_id(file, 0);
	mmuw_witness_vm(id, NULL);
	if (breaker)
		breaker->vm_forgotten();
	vms[id - 1].file = NULL;
	vms[id - 1].kvm = NULL;
	fput(file);
}

static void forget_file(u16 id)
{
	mmuw_witness_file(id, NULL);
	fput(files[id - 1]);
	files[id - 1] = NULL;
}

void mmuw_session_stop(void)
{
	u16 id;

	lockdep_assert_held(&mmuw_session_lock);
	if (session_mm) {
		mmuw_witness_mm(NULL);
		mmuw_notifier_unregister();
	}
	for (id = 1; id <= MMUWITNESS_MAX_VMS; id++)
		if (vms[id - 1].file)
			forget_vm(id);
	for (id = 1; id <= MMUWITNESS_MAX_FILES; id++)
		if (files[id - 1])
			forget_file(id);
	if (session_mm)
		mmuw_hooks_detach();
	session_mm = NULL;
	mmuw_context_reset();
	mmuw_second_mmu_put(second);
	second = NULL;
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
	vms[id - 1].kvm = kvm;
	mmuw_witness_vm(id, kvm);
	return 0;
}

static int add_to_second(struct file *file, u16 id)
{
	if (!second->is_vm(file))
		return -EBADF;
	if (second->mm(file) != session_mm || second->id(file))
		return -EINVAL;
	second->set_id(file, id);
	return 0;
}

int mmuw_session_add_vm(struct mmuwitness_vm *arg)
{
	struct file *file;
	u16 id;
	int err;

	lockdep_assert_held(&mmuw_session_lock);
	if (!session_mm)
		return -ENOTCONN;
	for (id = 1; id <= MMUWITNESS_MAX_VMS && vms[id - 1].file; id++)
		;
	if (id > MMUWITNESS_MAX_VMS)
		return -ENOSPC;
	file = fget(arg->vm_fd);
	if (!file)
		return -EBADF;
	if (current->mm != session_mm)
		err = -EINVAL;
	else
		err = second ? add_to_second(file, id) : add_kvm(file, id);
	if (err) {
		fput(file);
		return err;
	}
	vms[id - 1].file = file;
	arg->id = id;
	return 0;
}

int mmuw_session_del_vm(const struct mmuwitness_vm *arg)
{
	lockdep_assert_held(&mmuw_session_lock);
	if (!arg->id || arg->id > MMUWITNESS_MAX_VMS || !vms[arg->id - 1].file)
		return -ENOENT;
	forget_vm(arg->id);
	return 0;
}

int mmuw_session_add_file(struct mmuwitness_file *arg)
{
	struct file *file;
	u16 id;

	lockdep_assert_held(&mmuw_session_lock);
	for (id = 1; id <= MMUWITNESS_MAX_FILES && files[id - 1]; id++)
		;
	if (id > MMUWITNESS_MAX_FILES)
		return -ENOSPC;
	file = fget(arg->fd);
	if (!file)
		return -EBADF;
	if (!S_ISREG(file_inode(file)->i_mode) || mmuw_file_id(file->f_mapping)) {
		fput(file);
		return -EINVAL;
	}
	files[id - 1] = file;
	mmuw_witness_file(id, file->f_mapping);
	arg->id = id;
	return 0;
}

int mmuw_session_del_file(const struct mmuwitness_file *arg)
{
	lockdep_assert_held(&mmuw_session_lock);
	if (!arg->id || arg->id > MMUWITNESS_MAX_FILES || !files[arg->id - 1])
		return -ENOENT;
	forget_file(arg->id);
	return 0;
}

struct address_space *mmuw_session_mapping(u32 file)
{
	lockdep_assert_held(&mmuw_session_lock);
	if (!file || file > MMUWITNESS_MAX_FILES || !files[file - 1])
		return NULL;
	return files[file - 1]->f_mapping;
}
