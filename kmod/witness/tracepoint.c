// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints by the name of their event. KVM's are not exported, but the tracing core
 * finds an event, built in or of a module, and the event its tracepoint. It also says
 * what fields the event has: the only thing that tells one prototype from another, and
 * a probe of the wrong one is garbage, or, where the kernel checks the types of
 * indirect calls (kCFI), the end of the machine.
 */
#include <linux/string.h>
#include <linux/trace_events.h>
#include <linux/tracepoint.h>

#include "witness/hook.h"

#define for_each_tracepoint(p, t)					\
	for (t = 0; t < count; t++)					\
		for (p = tables[t]; p->name; p++)

static bool has_field(const struct trace_event_call *event, const char *name, size_t length)
{
	const struct trace_event_fields *f = event->class->fields_array;

	for (; f && f->type && f->type != TRACE_FUNCTION_TYPE; f++)
		if (strlen(f->name) == length && !strncmp(f->name, name, length))
			return true;
	return false;
}

/* names: with a space between. */
static bool has_fields(const struct trace_event_call *event, const char *names)
{
	size_t length;

	for (; *names; names += length + (names[length] == ' ')) {
		length = strcspn(names, " ");
		if (!has_field(event, names, length))
			return false;
	}
	return true;
}

static int find(struct mmuw_tracepoint *p)
{
	struct trace_event_file *file = trace_get_event_file(NULL, p->system, p->symbol);
	struct trace_event_call *event;
	unsigned int i;

	if (IS_ERR(file))
		return -ENOENT;
	p->file = file;		/* holds the event's module, too */
	event = file->event_call;
	for (i = 0; i < ARRAY_SIZE(p->probes) && p->probes[i].probe; i++) {
		if (!has_fields(event, p->probes[i].fields))
			continue;
		p->probe = p->probes[i].probe;
		return p->on_found ? p->on_found(event) : 0;
	}
	return -EPROTO;
}

void mmuw_tracepoints_attach(struct mmuw_tracepoint *const *tables, unsigned int count)
{
	struct mmuw_tracepoint *p;
	unsigned int t;

	for_each_tracepoint(p, t) {
		atomic64_set(&p->hits, 0);
		atomic64_set(&p->missed, 0);
		p->file = NULL;
		p->error = find(p);
		if (!p->error)
			p->error = tracepoint_probe_register(p->file->event_call->tp, p->probe, p);
	}
}

void mmuw_tracepoints_detach(struct mmuw_tracepoint *const *tables, unsigned int count)
{
	struct mmuw_tracepoint *p;
	unsigned int t;

	for_each_tracepoint(p, t)
		if (p->file && !p->error)
			tracepoint_probe_unregister(p->file->event_call->tp, p->probe, p);
	tracepoint_synchronize_unregister();
	for_each_tracepoint(p, t) {
		if (p->file)
			trace_put_event_file(p->file);
		p->file = NULL;
	}
}
