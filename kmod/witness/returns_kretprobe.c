// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kprobes.h>
#include <linux/slab.h>

#include "witness/redirect.h"
#include "witness/returns.h"

/* vCPUs sit in KVM_RUN for a whole scenario: an instance each, and room. */
#define MAX_ACTIVE 128
#define MAX_HOOKS 32

struct probe {
	struct kretprobe rp;
	struct mmuw_hooked *hooked;
};

static struct probe *probes[MAX_HOOKS];
static unsigned int probe_count;
static const struct mmuw_return_handlers *handlers;

static int on_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct mmuw_call *call = (struct mmuw_call *)ri->data;
	unsigned int i;

	call->hooked = container_of(get_kretprobe(ri), struct probe, rp)->hooked;
	call->wants_return = false;
	for (i = 0; i < MMUW_HOOK_ARGS; i++)
		call->arg[i] = regs_get_kernel_argument(regs, i);
	rcu_read_lock();
	handlers->called(call, mmuw_was_redirected(call->hooked->address));
	rcu_read_unlock();
	return call->wants_return ? 0 : 1;
}

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct mmuw_call *call = (struct mmuw_call *)ri->data;

	call->ret = regs_return_value(regs);
	rcu_read_lock();
	handlers->returned(call);
	rcu_read_unlock();
	return 0;
}

static int attach(struct mmuw_hooked *h)
{
	struct probe *probe;
	int err;

	if (probe_count == MAX_HOOKS)
		return -ENOSPC;
	probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	if (!probe)
		return -ENOMEM;
	*probe = (struct probe){
		.hooked = h,
		.rp = {
			.kp.addr = (kprobe_opcode_t *)h->address,
			.entry_handler = on_call,
			.handler = on_return,
			.data_size = sizeof(struct mmuw_call),
			.maxactive = MAX_ACTIVE,
		},
	};
	err = register_kretprobe(&probe->rp);
	if (err)
		kfree(probe);
	else
		probes[probe_count++] = probe;
	return err;
}

void mmuw_returns_attach(struct mmuw_hooked *const *hooks, unsigned int count,
			 const struct mmuw_return_handlers *h)
{
	unsigned int i;

	handlers = h;
	for (i = 0; i < count; i++) {
		hooks[i]->error = attach(hooks[i]);
		hooks[i]->returns_attached = !hooks[i]->error;
	}
}

void mmuw_returns_detach(void)
{
	struct kretprobe *rps[MAX_HOOKS];
	unsigned int i;

	for (i = 0; i < probe_count; i++) {
		rps[i] = &probes[i]->rp;
		probes[i]->hooked->returns_attached = false;
	}
	/* In one go: each call waits for a grace period. */
	unregister_kretprobes(rps, probe_count);
	for (i = 0; i < probe_count; i++)
		kfree(probes[i]);
	probe_count = 0;
}

u64 mmuw_returns_missed(const struct mmuw_hooked *hooked)
{
	unsigned int i;

	for (i = 0; i < probe_count; i++)
		if (probes[i]->hooked == hooked)
			return probes[i]->rp.nmissed + probes[i]->rp.kp.nmissed;
	return 0;
}
