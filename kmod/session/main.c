// SPDX-License-Identifier: GPL-2.0-only
/* /dev/mmuwitness: see uapi/mmuwitness.h. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "gates/gate.h"
#include "hooks/hooks.h"
#include "session/session.h"
#include "witness/breaker.h"
#include "witness/emit.h"
#include "witness/page.h"
#include "witness/symbol.h"


/* One session at a time: hooks and events are the whole machine's. */
static atomic_t opened = ATOMIC_INIT(0);
static pid_t opener;

static int device_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (atomic_cmpxchg(&opened, 0, 1))
		return -EBUSY;
	WRITE_ONCE(opener, current->tgid);
	return 0;
}

/*
 * A plant ends with the process that opened the device, whoever else has a descriptor.
 * With a session the mm says when that is (notifier.c); without one, the last of its
 * threads closes its files.
 */
static int device_flush(struct file *file, fl_owner_t id)
{
	if (current->flags & PF_EXITING && current->tgid == READ_ONCE(opener))
		mmuw_break_nothing();
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	mutex_lock(&mmuw_session_lock);
	mmuw_gates_clear();
	if (mmuw_breaker())
		mmuw_breaker()->session_ends();
	mmuw_session_stop();
	mmuw_breaker_put();
	mutex_unlock(&mmuw_session_lock);
	atomic_set_release(&opened, 0);
	return 0;
}

static int marks(const struct mmuwitness_marks *arg)
{
	struct mmuwitness_mark *mark;
	u32 i;

	if (arg->reserved || !arg->count || arg->count > MMUWITNESS_MAX_MARKS)
		return -EINVAL;
	mark = vmemdup_user(u64_to_user_ptr(arg->marks), arg->count * sizeof(*mark));
	if (IS_ERR(mark))
		return PTR_ERR(mark);
	for (i = 0; i < arg->count; i++)
		if (mark[i].vm > MMUWITNESS_MAX_VMS || !mark[i].kind ||
		    mark[i].kind >= MMUWITNESS_MARK_KINDS)
			goto invalid;	/* all of them, or none */
	for (i = 0; i < arg->count; i++) {
		struct mmuw_mark_event e = {
			.kind = mark[i].kind, .vm = mark[i].vm, .a = mark[i].a,
		};

		mmuw_emit(mark, &e);
	}
	kvfree(mark);
	return 0;
invalid:
	kvfree(mark);
	return -EINVAL;
}

static int page_state(const struct mmuwitness_page_state *arg)
{
	struct address_space *mapping = mmuw_session_mapping(arg->file);

	if (!mapping)
		return -ENOENT;
	if (!arg->count || arg->count > MMUWITNESS_MAX_MARKS)
		return -EINVAL;
	return mmuw_page_state(mapping, arg);
}

static int note(struct mmuwitness_note *arg)
{
	struct mmuw_note_event e = { .kind = arg->kind, .text = arg->text };

	if (strnlen(arg->text, sizeof(arg->text)) == sizeof(arg->text))
		return -EINVAL;
	mmuw_emit(note, &e);
	return 0;
}

static int plant(const struct mmuwitness_plant *arg)
{
	const struct mmuw_breaker *breaker = mmuw_breaker_get();
	bool every_vm;

	if (!breaker)
		return -ENXIO;
	if (strnlen(arg->name, sizeof(arg->name)) == sizeof(arg->name))
		return -EINVAL;
	if (arg->reserved || arg->flags & ~MMUWITNESS_PLANT_EVERY_VM)
		return -EINVAL;
	every_vm = arg->flags & MMUWITNESS_PLANT_EVERY_VM;
	if (every_vm && mmuw_session_started())
		return -EBUSY;
	if (arg->name[0])
		return breaker->set(arg->name, mmuw_session_mmu(), every_vm);
	breaker->clear();
	return 0;
}

static int plant_info(struct mmuwitness_plant_info *arg)
{
	const struct mmuw_breaker *breaker = mmuw_breaker_get();

	return breaker ? breaker->info(arg, mmuw_session_mmu()) : -ENXIO;
}

static int start(const struct mmuwitness_start *arg)
{
	return mmuw_is_broken() ? -EBUSY : mmuw_session_start(arg);
}

static void info(struct mmuwitness_info *arg)
{
	arg->abi = MMUWITNESS_ABI;
	arg->has_plants = mmuw_breaker_is_there();
	arg->last_seq = atomic64_read(&mmuw_seq);
	strscpy(arg->version, THIS_MODULE->version, sizeof(arg->version));
}

union argument {
	struct mmuwitness_start start;
	struct mmuwitness_info info;
	struct mmuwitness_vm vm;
	struct mmuwitness_file file;
	struct mmuwitness_marks marks;
	struct mmuwitness_note note;
	struct mmuwitness_page_state page_state;
	struct mmuwitness_hook hook;
	struct mmuwitness_plant plant;
	struct mmuwitness_plant_info plant_info;
	struct mmuwitness_point_info point_info;
	struct mmuwitness_gate gate;
};

static long dispatch(unsigned int cmd, union argument *arg)
{
	switch (cmd) {
	case MMUWITNESS_INFO:
		info(&arg->info);
		return 0;
	case MMUWITNESS_START:
		return start(&arg->start);
	case MMUWITNESS_ADD_VM:
		return mmuw_session_add_vm(&arg->vm);
	case MMUWITNESS_DEL_VM:
		return mmuw_session_del_vm(&arg->vm);
	case MMUWITNESS_ADD_FILE:
		return mmuw_session_add_file(&arg->file);
	case MMUWITNESS_DEL_FILE:
		return mmuw_session_del_file(&arg->file);
	case MMUWITNESS_MARKS:
		return marks(&arg->marks);
	case MMUWITNESS_NOTE:
		return note(&arg->note);
	case MMUWITNESS_PAGE_STATE:
		return page_state(&arg->page_state);
	case MMUWITNESS_HOOK:
		return mmuw_hook_report(&arg->hook);
	case MMUWITNESS_PLANT:
		return plant(&arg->plant);
	case MMUWITNESS_PLANT_INFO:
		return plant_info(&arg->plant_info);
	case MMUWITNESS_POINT_INFO:
		return mmuw_point_info(&arg->point_info);
	case MMUWITNESS_GATE_SET:
		return mmuw_gate_set(&arg->gate);
	case MMUWITNESS_GATE_ARM:
		return mmuw_gate_arm(&arg->gate);
	case MMUWITNESS_GATE_STATE:
		return mmuw_gate_state(&arg->gate);
	case MMUWITNESS_GATE_CLEAR:
		return mmuw_gate_clear(&arg->gate);
	}
	return -ENOTTY;
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	union argument *arg;
	long ret;

	if (_IOC_TYPE(cmd) != MMUWITNESS_IOC_MAGIC || _IOC_SIZE(cmd) > sizeof(*arg))
		return -ENOTTY;
	arg = kzalloc(sizeof(*arg), GFP_KERNEL);
	if (!arg)
		return -ENOMEM;
	ret = -EFAULT;
	if ((_IOC_DIR(cmd) & _IOC_WRITE) &&
	    copy_from_user(arg, (void __user *)user, _IOC_SIZE(cmd)))
		goto out;
	if (cmd == MMUWITNESS_GATE_WAIT) {
		ret = mmuw_gate_wait(&arg->gate);
		goto copy;
	}
	ret = mutex_lock_killable(&mmuw_session_lock);
	if (ret)
		goto out;
	ret = dispatch(cmd, arg);
	mutex_unlock(&mmuw_session_lock);
copy:
	if (!ret && (_IOC_DIR(cmd) & _IOC_READ) &&
	    copy_to_user((void __user *)user, arg, _IOC_SIZE(cmd)))
		ret = -EFAULT;
out:
	kfree(arg);
	return ret;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.flush = device_flush,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmuwitness",
	.mode = 0600,
	.fops = &device_fops,
};

static int __init mmuwitness_init(void)
{
	int err = mmuw_symbols_init();

	if (!err)
		err = mmuw_hooks_init(&mmuw_hooks_of_kvm);
	return err ?: misc_register(&device);
}

static void __exit mmuwitness_exit(void)
{
	misc_deregister(&device);
	mmuw_gates_exit();
}

module_init(mmuwitness_init);
module_exit(mmuwitness_exit);

MODULE_DESCRIPTION("Witness of KVM's secondary MMU, dirty tracking and writeback");
MODULE_VERSION("0.1");
MODULE_LICENSE("GPL");
