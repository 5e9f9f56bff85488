// SPDX-License-Identifier: GPL-2.0-only
/* mmuwitness-reference.ko: /dev/mmuwitness-reference is what /dev/kvm is to KVM. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "reference/reference.h"
#include "reference/tell.h"
#include "witness/hook.h"
#include "witness/second_mmu.h"

static int device_open(struct inode *inode, struct file *file)
{
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case KVM_GET_API_VERSION:
		return KVM_API_VERSION;
	case KVM_CHECK_EXTENSION:
		return mmuw_ref_check_extension(arg);
	case KVM_GET_VCPU_MMAP_SIZE:
		return PAGE_SIZE;
	case KVM_CREATE_VM:
		return mmuw_ref_create_vm(arg);
	}
	return -ENOTTY;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.unlocked_ioctl = device_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmuwitness-reference",
	.mode = 0600,
	.fops = &device_fops,
};

static bool is_vm(const struct file *file)
{
	return mmuw_ref_vm_of(file);
}

static struct mm_struct *mm_of(const struct file *file)
{
	return mmuw_ref_vm_of(file)->mm;
}

static u16 id_of(const struct file *file)
{
	return mmuw_ref_vm_of(file)->id;
}

static void set_id(struct file *file, u16 id)
{
	WRITE_ONCE(mmuw_ref_vm_of(file)->id, id);
}

static const struct mmuw_second_mmu reference = {
	.owner = THIS_MODULE, .hooks = mmuw_ref_hooks,
	.is_vm = is_vm, .mm = mm_of, .id = id_of, .set_id = set_id,
};

static int __init reference_init(void)
{
	int err = misc_register(&device);

	if (err)
		return err;
	err = mmuw_second_mmu_register(&reference);
	if (err)
		misc_deregister(&device);
	return err;
}

static void __exit reference_exit(void)
{
	mmuw_second_mmu_unregister();
	misc_deregister(&device);
}

module_init(reference_init);
module_exit(reference_exit);

MODULE_DESCRIPTION("A secondary MMU in software, witnessed by mmuwitness as KVM is");
MODULE_LICENSE("GPL");
