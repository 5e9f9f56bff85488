/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session: what is witnessed, from START until the last descriptor is closed. All
 * of it under the session lock.
 */
#ifndef _MMUWITNESS_SESSION_H
#define _MMUWITNESS_SESSION_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "uapi/mmuwitness.h"

struct address_space;

extern struct mutex mmuw_session_lock;

bool mmuw_session_started(void);
enum mmuwitness_mmu mmuw_session_mmu(void);
int mmuw_session_start(const struct mmuwitness_start *arg);
void mmuw_session_stop(void);
int mmuw_session_add_vm(struct mmuwitness_vm *arg);
int mmuw_session_del_vm(const struct mmuwitness_vm *arg);
int mmuw_session_add_file(struct mmuwitness_file *arg);
int mmuw_session_del_file(const struct mmuwitness_file *arg);
/* The mapping of a file of the session, NULL: none of that id. */
struct address_space *mmuw_session_mapping(u32 file);

#endif /* _MMUWITNESS_SESSION_H */
