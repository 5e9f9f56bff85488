// SPDX-License-Identifier: GPL-2.0-only
/* A VM of the reference MMU: how it comes and goes. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "reference/reference.h"

static void destroy(struct kref *refs)
{
	struct mmuw_ref_vm *vm = container_of(refs, struct mmuw_ref_vm, refs);

	mmuw_ref_remove_slots(vm);
	if (!mmuw_ref_pins(vm))
		mmu_notifier_unregister(&vm->aging, vm->mm);
	xa_destroy(&vm->translations);
	mmdrop(vm->mm);
	kfree(vm);
}

void mmuw_ref_vm_put(struct mmuw_ref_vm *vm)
{
	kref_put(&vm->refs, destroy);
}

struct mmuw_ref_vm *mmuw_ref_vm_create(unsigned long variant)
{
	struct mmuw_ref_vm *vm;
	int err;

	if (variant >= MMUWITNESS_REF_VARIANTS)
		return ERR_PTR(-EINVAL);
	vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	kref_init(&vm->refs);
	init_rwsem(&vm->slots_sem);
	spin_lock_init(&vm->lock);
	xa_init(&vm->translations);
	vm->variant = variant;
	vm->mm = current->mm;
	vm->aging.ops = &mmuw_ref_aging_ops;
	if (!mmuw_ref_pins(vm)) {
		err = mmu_notifier_register(&vm->aging, vm->mm);
		if (err) {
			kfree(vm);
			/* As in our own notifier.c. */
			return ERR_PTR(err == -EINTR ? -ERESTARTNOINTR : err);
		}
	}
	mmgrab(vm->mm);
	return vm;
}
