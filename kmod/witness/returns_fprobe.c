// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fprobe.h>
#include <linux/slab.h>

#include "witness/fregs.h"
#include "witness/patch_site.h"
#include "witness/returns.h"

#define MAX_PROBES 32
#define MAX_HOOKS 32
#define MAX_ACTIVE 512		/* of all: vCPUs sit in KVM_RUN for a whole scenario */

/* Registers are struct pt_regs up to 6.13. */
#ifdef MMUW_FPROBE_HAS_FTRACE_REGS
typedef struct ftrace_regs mmuw_regs;
#define argument(regs, n) ftrace_regs_get_argument(regs, n)
#define return_value(regs) ftrace_regs_get_return_value(regs)
#define ip_of(regs) ftrace_regs_get_instruction_pointer(regs)
#else
typedef struct pt_regs mmuw_regs;
#define argument(regs, n) regs_get_kernel_argument(regs, n)
#define return_value(regs) regs_return_value(regs)
#define ip_of(regs) instruction_pointer(regs)
#endif

/* One that began in an earlier session may return in this one. */
struct data {
	unsigned int session;
	struct mmuw_call call;
};

static struct fprobe *probes[MAX_PROBES];
static unsigned int probe_count, session;
static unsigned long addresses[MAX_HOOKS] ____cacheline_aligned;
static struct mmuw_hooked *hooked[MAX_HOOKS];
static unsigned int hook_count;
static const struct mmuw_return_handlers *handlers;

static struct mmuw_hooked *hooked_at(unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < READ_ONCE(hook_count); i++)
		if (ip - addresses[i] < MMUW_MAX_PROLOGUE)
			return hooked[i];
	return NULL;
}

static int on_call(struct fprobe *fp, unsigned long ip, unsigned long ret_ip, mmuw_regs *regs,
		   void *entry_data)
{
	struct data *data = entry_data;
	struct mmuw_call *call = &data->call;
	unsigned int i;

	call->hooked = hooked_at(ip);
	if (!call->hooked)
		return 1;
	call->wants_return = false;
	data->session = READ_ONCE(session);
	for (i = 0; i < MMUW_HOOK_ARGS; i++)
		call->arg[i] = argument(regs, i);
	rcu_read_lock();
	handlers->called(call, ip_of(regs) - ip > MMUW_MAX_PROLOGUE);
	rcu_read_unlock();
	return call->wants_return ? 0 : 1;
}

static void on_return(struct fprobe *fp, unsigned long ip, unsigned long ret_ip, mmuw_regs *regs,
		      void *entry_data)
{
	struct data *data = entry_data;

	if (data->session != READ_ONCE(session))
		return;
	data->call.ret = return_value(regs);
	rcu_read_lock();
	handlers->returned(&data->call);
	rcu_read_unlock();
}

/* All of them, or none. */
static int attach(struct mmuw_hooked *const *hooks, unsigned int count)
{
	unsigned long ips[MAX_HOOKS];
	struct fprobe *probe;
	unsigned int i;
	int err;

	if (!count || hook_count + count > MAX_HOOKS || probe_count == MAX_PROBES)
		return -ENOSPC;
	probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	if (!probe)
		return -ENOMEM;
	probe->entry_handler = on_call;
	probe->exit_handler = on_return;
	probe->entry_data_size = sizeof(struct data);
#ifndef MMUW_FPROBE_HAS_FTRACE_REGS
	probe->nr_maxactive = MAX_ACTIVE;
#endif
	for (i = 0; i < count; i++) {
		ips[i] = mmuw_patch_site(hooks[i]->address);
		addresses[hook_count + i] = hooks[i]->address;
		hooked[hook_count + i] = hooks[i];
	}
	smp_wmb();	/* hooked_at() may see the count at once */
	WRITE_ONCE(hook_count, hook_count + count);
	err = register_fprobe_ips(probe, ips, count);
	if (err) {
		WRITE_ONCE(hook_count, hook_count - count);
		kfree(probe);
		return err;
	}
	probes[probe_count++] = probe;
	return 0;
}

void mmuw_returns_attach(struct mmuw_hooked *const *hooks, unsigned int count,
			 const struct mmuw_return_handlers *h)
{
	unsigned int i;
	int err;

	handlers = h;
	err = attach(hooks, count);
	for (i = 0; i < count; i++) {
		/* Each by itself, to find out which one it was. */
		hooks[i]->error = err ? attach(&hooks[i], 1) : 0;
		hooks[i]->returns_attached = !hooks[i]->error;
	}
}

void mmuw_returns_detach(void)
{
	unsigned int i;

	for (i = 0; i < probe_count; i++)
		unregister_fprobe(probes[i]);
	WRITE_ONCE(session, session + 1);
	synchronize_rcu();
	for (i = 0; i < probe_count; i++)
		kfree(probes[i]);
	for (i = 0; i < hook_count; i++)
		hooked[i]->returns_attached = false;
	probe_count = 0;
	hook_count = 0;
}

u64 mmuw_returns_missed(const struct mmuw_hooked *hooked)
{
	u64 missed = 0;
	unsigned int i;

	for (i = 0; hooked->returns_attached && i < probe_count; i++)
		missed += probes[i]->nmissed;
	return missed;
}
