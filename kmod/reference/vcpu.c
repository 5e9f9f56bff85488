// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU of the reference MMU: a file, through which a thread accesses guest memory. */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "reference/reference.h"

/* Nor may mprotect() make it executable later. Since 6.3 there are functions for this. */
static void forbid_exec(struct vm_area_struct *vma)
{
#ifdef MMUW_HAVE_VM_FLAGS_CLEAR
	vm_flags_clear(vma, VM_MAYEXEC);
#else
	vma->vm_flags &= ~VM_MAYEXEC;
#endif
}

/* As KVM's: struct kvm_run, and the dirty ring at KVM_DIRTY_LOG_PAGE_OFFSET. */
static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct mmuw_ref_vcpu *vcpu = file->private_data;
	unsigned long pages = vma_pages(vma), first = vma->vm_pgoff;

	if (first >= KVM_DIRTY_LOG_PAGE_OFFSET)
		first = first - KVM_DIRTY_LOG_PAGE_OFFSET + 1;
	else if (first + pages > 1)
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EINVAL;
	forbid_exec(vma);
	return remap_vmalloc_range(vma, vcpu->shared, first);
}

static int access(struct mmuw_ref_vcpu *vcpu, struct mmuwitness_ref_access *access)
{
	bool write = access->op != MMUWITNESS_REF_LOAD;
	u64 gfn = access->gpa >> PAGE_SHIFT;
	int err;

	if (access->reserved || access->gpa % sizeof(u64) || !access->op ||
	    access->op > MMUWITNESS_REF_ADD)
		return -EINVAL;
	while (!mmuw_ref_tlb_access(vcpu, access)) {
		/* An entry that is flushed again and again before it is used. */
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
		if (mmuw_ref_walk(vcpu, gfn, write))
			continue;
		err = mmuw_ref_fault(vcpu, gfn, write);
		if (err)
			return err;
	}
	return 0;
}

static long vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mmuwitness_ref_access __user *user = (void __user *)arg;
	struct mmuw_ref_vcpu *vcpu = file->private_data;
	struct mmuwitness_ref_access a;
	int err;

	if (cmd != MMUWITNESS_REF_ACCESS)
		return -ENOTTY;
	if (current->mm != vcpu->vm->mm)
		return -EIO;
	/* Is there room for the answer? Afterwards it would be too late. */
	if (copy_from_user(&a, user, sizeof(a)) ||
	    (a.op != MMUWITNESS_REF_STORE && put_user(a.value, &user->value)))
		return -EFAULT;
	if (mutex_lock_interruptible(&vcpu->access))
		return -EINTR;
	err = access(vcpu, &a);
	mutex_unlock(&vcpu->access);
	if (!err && a.op != MMUWITNESS_REF_STORE && put_user(a.value, &user->value))
		err = -EFAULT;
	return err;
}

static void destroy(struct mmuw_ref_vcpu *vcpu)
{
	mmuw_ref_tlb_drop(vcpu, true);
	vfree(vcpu->shared);
	kfree(vcpu);
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct mmuw_ref_vcpu *vcpu = file->private_data;
	struct mmuw_ref_vm *vm = vcpu->vm;

	spin_lock(&vm->lock);
	vm->vcpus[vcpu->id] = NULL;
	spin_unlock(&vm->lock);
	destroy(vcpu);
	mmuw_ref_vm_put(vm);
	return 0;
}

static const struct file_operations vcpu_fops = {
	.owner = THIS_MODULE,
	.release = vcpu_release,
	.mmap = vcpu_mmap,
	.unlocked_ioctl = vcpu_ioctl,
};

int mmuw_ref_create_vcpu(struct mmuw_ref_vm *vm, unsigned long id)
{
	size_t ring = vm->ring_entries * sizeof(struct kvm_dirty_gfn);
	struct mmuw_ref_vcpu *vcpu;
	int fd;

	if (id >= MMUW_REF_VCPUS)
		return -EINVAL;
	if (vm->vcpus[id])
		return -EEXIST;
	vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	if (!vcpu)
		return -ENOMEM;
	vcpu->vm = vm;
	vcpu->id = id;
	spin_lock_init(&vcpu->tlb_lock);
	mutex_init(&vcpu->access);
	vcpu->shared = vmalloc_user(PAGE_SIZE + ring);
	if (!vcpu->shared) {
		destroy(vcpu);
		return -ENOMEM;
	}
	if (ring)
		vcpu->ring = vcpu->shared + PAGE_SIZE;
	/* Found by a flush from here on, which is before its first access. */
	spin_lock(&vm->lock);
	vm->vcpus[id] = vcpu;
	spin_unlock(&vm->lock);
	kref_get(&vm->refs);
	fd = anon_inode_getfd("mmuwitness-vcpu", &vcpu_fops, vcpu, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		spin_lock(&vm->lock);
		vm->vcpus[id] = NULL;
		spin_unlock(&vm->lock);
		destroy(vcpu);
		mmuw_ref_vm_put(vm);
	}
	return fd;
}
