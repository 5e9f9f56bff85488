// SPDX-License-Identifier: GPL-2.0-only
/* arm64: plants in the fault path. */
#include "../plant.h"

struct mmuw_plant mmuw_plants_arch[] = {
	{ }
};
