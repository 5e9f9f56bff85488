/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plants: faults put into the kernel on purpose, so that the rules can be seen
 * to notice. One at a time, for the witnessed VMs and files only, gone with
 * the session.
 */
#ifndef _MMUWITNESS_PLANT_H
#define _MMUWITNESS_PLANT_H

#include "uapi/mmuwitness.h"

struct folio;

int mmuw_plant_set(const char *name);
void mmuw_plant_clear(void);
int mmuw_plant_info(struct mmuwitness_plant_info *info);

/* From the folio_end_writeback() hook. */
void mmuw_plant_writeback_end(struct folio *folio);

#endif /* _MMUWITNESS_PLANT_H */
