// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints by name. KVM's are not exported: those built in are found by
 * for_each_kernel_tracepoint(), those of modules by the tracepoint module
 * notifier, which replays the modules that are loaded already.
 */
#include <linux/module.h>
#include <linux/tracepoint.h>

#include "hook.h"

struct mmuw_tracepoint *const mmuw_tracepoint_tables[] = {
	mmuw_folio_tracepoints, mmuw_arch_tracepoints,
};
unsigned int mmuw_tracepoint_count = ARRAY_SIZE(mmuw_tracepoint_tables);

static void match(struct tracepoint *tp, struct module *module)
{
	struct mmuw_tracepoint *p;
	unsigned int t;

	for_each_tracepoint_hook(p, t) {
		if (p->tp || strcmp(tp->name, p->symbol))
			continue;
		/* The tracepoint is memory of the module: hold it. */
		if (module && !try_module_get(module))
			continue;
		p->module = module;
		p->tp = tp;
		p->error = p->on_found ? p->on_found(module) : 0;
	}
}

static void match_builtin(struct tracepoint *tp, void *unused)
{
	match(tp, NULL);
}

#ifdef CONFIG_MODULES
static int on_module(struct notifier_block *nb, unsigned long action, void *data)
{
	struct tp_module *tp_mod = data;
	unsigned int i;

	if (action != MODULE_STATE_COMING)
		return NOTIFY_DONE;
	for (i = 0; i < tp_mod->mod->num_tracepoints; i++)
		match(tracepoint_ptr_deref(&tp_mod->mod->tracepoints_ptrs[i]), tp_mod->mod);
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = on_module };
#endif

int mmuw_tracepoints_attach(enum mmuwitness_mmu mmu)
{
	struct mmuw_tracepoint *p;
	unsigned int t;
	int err = 0;

	mmuw_tracepoint_count = mmu == MMUWITNESS_MMU_KVM ? ARRAY_SIZE(mmuw_tracepoint_tables) : 1;
	for_each_kernel_tracepoint(match_builtin, NULL);
#ifdef CONFIG_MODULES
	err = register_tracepoint_module_notifier(&module_nb);
	if (err)
		return err;
	unregister_tracepoint_module_notifier(&module_nb);
#endif
	for_each_tracepoint_hook(p, t) {
		atomic64_set(&p->hits, 0);
		atomic64_set(&p->missed, 0);
		if (!p->tp)
			p->error = -ENOENT;
		else if (!p->error)
			p->error = tracepoint_probe_register(p->tp, p->probe, p);
	}
	return err;
}

void mmuw_tracepoints_detach(void)
{
	struct mmuw_tracepoint *p;
	unsigned int t;

	for_each_tracepoint_hook(p, t)
		if (p->tp && !p->error)
			tracepoint_probe_unregister(p->tp, p->probe, p);
	tracepoint_synchronize_unregister();
	for_each_tracepoint_hook(p, t) {
		module_put(p->module);
		p->module = NULL;
		p->tp = NULL;
	}
}
