// SPDX-License-Identifier: GPL-2.0-only
/* The file of a VM of the reference MMU: what KVM's VM ioctls do here. */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "reference/reference.h"
#include "reference/tell.h"

long mmuw_ref_check_extension(unsigned long capability)
{
	switch (capability) {
	case KVM_CAP_USER_MEMORY:
	case KVM_CAP_DESTROY_MEMORY_REGION_WORKS:
	case KVM_CAP_ENABLE_CAP_VM:
	case KVM_CAP_CHECK_EXTENSION_VM:
		return 1;
	case KVM_CAP_NR_MEMSLOTS:
		return MMUW_REF_SLOTS;
	case KVM_CAP_NR_VCPUS:
	case KVM_CAP_MAX_VCPUS:
		return MMUW_REF_VCPUS;
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
		return KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET;
	case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
		return MMUW_REF_MAX_RING * sizeof(struct kvm_dirty_gfn);
	}
	return 0;
}

static int vm_release(struct inode *inode, struct file *file)
{
	mmuw_ref_vm_put(file->private_data);
	return 0;
}

/* Before the first vCPU and memslot, as with KVM: both take it for constant. */
static int enable_cap(struct mmuw_ref_vm *vm, const struct kvm_enable_cap *cap)
{
	const u64 manual = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET;
	u64 entries = cap->args[0] / sizeof(struct kvm_dirty_gfn);
	unsigned int i;

	if (cap->flags)
		return -EINVAL;
	for (i = 0; i < MMUW_REF_VCPUS; i++)
		if (vm->vcpus[i])
			return -EBUSY;
	for (i = 0; i < MMUW_REF_SLOTS; i++)
		if (vm->slots[i])
			return -EBUSY;
	switch (cap->cap) {
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
		if (vm->ring_entries || cap->args[0] & ~manual ||
		    cap->args[0] == KVM_DIRTY_LOG_INITIALLY_SET)
			return -EINVAL;
		vm->manual = cap->args[0];
		return 0;
	case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
		if (vm->manual || !is_power_of_2(entries) || entries > MMUW_REF_MAX_RING ||
		    entries * sizeof(struct kvm_dirty_gfn) != cap->args[0] ||
		    cap->args[0] < PAGE_SIZE)
			return -EINVAL;
		vm->ring_entries = entries;
		return 0;
	}
	return -EINVAL;
}

union argument {
	struct kvm_enable_cap cap;
	struct kvm_userspace_memory_region region;
	struct kvm_dirty_log log;
	struct kvm_clear_dirty_log clear;
};

static bool is_known(unsigned int cmd)
{
	switch (cmd) {
	case KVM_CHECK_EXTENSION:
	case KVM_ENABLE_CAP:
	case KVM_SET_USER_MEMORY_REGION:
	case KVM_GET_DIRTY_LOG:
	case KVM_CLEAR_DIRTY_LOG:
	case KVM_RESET_DIRTY_RINGS:
	case KVM_CREATE_VCPU:
		return true;
	}
	return false;
}

/* Faults and collections go on beside each other; what changes the VM waits for both. */
static bool changes_vm(unsigned int cmd)
{
	return cmd == KVM_ENABLE_CAP || cmd == KVM_SET_USER_MEMORY_REGION || cmd == KVM_CREATE_VCPU;
}

static long dispatch(struct mmuw_ref_vm *vm, unsigned int cmd, const union argument *arg,
		     unsigned long raw)
{
	switch (cmd) {
	case KVM_CHECK_EXTENSION:
		return mmuw_ref_check_extension(raw);
	case KVM_ENABLE_CAP:
		return enable_cap(vm, &arg->cap);
	case KVM_SET_USER_MEMORY_REGION:
		return mmuw_ref_set_slot(vm, &arg->region);
	case KVM_GET_DIRTY_LOG:
		return mmuw_ref_log_get(vm, &arg->log);
	case KVM_CLEAR_DIRTY_LOG:
		return mmuw_ref_log_clear(vm, &arg->clear);
	case KVM_RESET_DIRTY_RINGS:
		return mmuw_ref_rings_reset(vm);
	case KVM_CREATE_VCPU:
		return mmuw_ref_create_vcpu(vm, raw);
	}
	return -ENOTTY;
}

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long raw)
{
	struct mmuw_ref_vm *vm = file->private_data;
	union argument arg = { };
	long ret;

	if (current->mm != vm->mm)
		return -EIO;
	if (!is_known(cmd))
		return -ENOTTY;
	/* CLEAR_DIRTY_LOG is called _IOWR; none of them answers in its argument. */
	if (_IOC_DIR(cmd) & _IOC_WRITE &&
	    copy_from_user(&arg, (void __user *)raw, min_t(size_t, _IOC_SIZE(cmd), sizeof(arg))))
		return -EFAULT;
	mmuw_ref_tell_ioctl(vm, cmd, MMUWITNESS_BEGIN, 0);
	if (changes_vm(cmd)) {
		down_write(&vm->slots_sem);
		ret = dispatch(vm, cmd, &arg, raw);
		up_write(&vm->slots_sem);
	} else {
		down_read(&vm->slots_sem);
		ret = dispatch(vm, cmd, &arg, raw);
		up_read(&vm->slots_sem);
	}
	mmuw_ref_tell_ioctl(vm, cmd, MMUWITNESS_END, ret);
	return ret;
}

static const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
};

struct mmuw_ref_vm *mmuw_ref_vm_of(const struct file *file)
{
	return file->f_op == &vm_fops ? file->private_data : NULL;
}

int mmuw_ref_create_vm(unsigned long variant)
{
	struct mmuw_ref_vm *vm = mmuw_ref_vm_create(variant);
	int fd;

	if (IS_ERR(vm))
		return PTR_ERR(vm);
	fd = anon_inode_getfd("mmuwitness-vm", &vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		mmuw_ref_vm_put(vm);
	return fd;
}
