// SPDX-License-Identifier: GPL-2.0-only
#include "witness/second_mmu.h"

#include <linux/export.h>
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);
static const struct mmuw_second_mmu *registered;

int mmuw_second_mmu_register(const struct mmuw_second_mmu *mmu)
{
	int err = -EEXIST;

	mutex_lock(&lock);
	if (!registered) {
		registered = mmu;
		err = 0;
	}
	mutex_unlock(&lock);
	return err;
}
EXPORT_SYMBOL_GPL(mmuw_second_mmu_register);

void mmuw_second_mmu_unregister(void)
{
	mutex_lock(&lock);
	registered = NULL;
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(mmuw_second_mmu_unregister);

const struct mmuw_second_mmu *mmuw_second_mmu_get(void)
{
	const struct mmuw_second_mmu *mmu = NULL;

	mutex_lock(&lock);
	if (registered && try_module_get(registered->owner))
		mmu = registered;
	mutex_unlock(&lock);
	return mmu;
}

void mmuw_second_mmu_put(const struct mmuw_second_mmu *mmu)
{
	if (mmu)
		module_put(mmu->owner);
}
