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

static int find(struct mmuw_traced *traced)
{
	const struct mmuw_tracepoint *p = traced->tracepoint;
	struct trace_event_file *file = trace_get_event_file(NULL, p->system, p->symbol);
	struct trace_event_call *event;
	unsigned int i;

	if (IS_ERR(file))
		return -ENOENT;
	traced->file = file;	/* holds the event's module, too */
	event = file->event_call;
	for (i = 0; i < ARRAY_SIZE(p->probes) && p->probes[i].probe; i++) {
		if (!has_fields(event, p->probes[i].fields))
			continue;
		traced->probe = p->probes[i].probe;
		return p->on_found ? p->on_found(event) : 0;
	}
	return -EPROTO;
}

void mmuw_tracepoints_attach(struct mmuw_traced *traced, unsigned int count)
{
	struct mmuw_traced *t;

	for (t = traced; t < traced + count; t++) {
		t->error = find(t);
		if (!t->error)
			t->error = tracepoint_probe_register(t->file->event_call->tp, t->probe, t);
	}
}

void mmuw_tracepoints_detach(struct mmuw_traced *traced, unsigned int count)
{
	struct mmuw_traced *t;

	for (t = traced; t < traced + count; t++)
		if (t->file && !t->error)
			tracepoint_probe_unregister(t->file->event_call->tp, t->probe, t);
	tracepoint_synchronize_unregister();
	for (t = traced; t < traced + count; t++)
		if (t->file)
			trace_put_event_file(t->file);
}
