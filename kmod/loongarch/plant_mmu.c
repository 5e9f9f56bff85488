// SPDX-License-Identifier: GPL-2.0-only
/* LoongArch: no plants of its own yet. */
#include "../plant.h"

struct mmuw_plant mmuw_plants_arch[] = {
	{ }
};
