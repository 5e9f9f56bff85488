/* SPDX-License-Identifier: GPL-2.0-only */
/* For Coccinelle, which does not look for it in KVM's paging_tmpl.h. */
#define FNAME(name) name
