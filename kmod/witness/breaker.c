// SPDX-License-Identifier: GPL-2.0-only
#include "witness/breaker.h"

#include <linux/export.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

static DEFINE_MUTEX(lock);			/* registered */
static const struct mmuw_breaker *registered;
static const struct mmuw_breaker *in_use;	/* its module is held */

int mmuw_breaker_register(const struct mmuw_breaker *breaker)
{
	int err = -EEXIST;

	mutex_lock(&lock);
	if (!registered) {
		registered = breaker;
		err = 0;
	}
	mutex_unlock(&lock);
	return err;
}
EXPORT_SYMBOL_GPL(mmuw_breaker_register);

void mmuw_breaker_unregister(void)
{
	mutex_lock(&lock);
	registered = NULL;
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(mmuw_breaker_unregister);

bool mmuw_breaker_is_there(void)
{
	return READ_ONCE(registered);
}

const struct mmuw_breaker *mmuw_breaker_get(void)
{
	mutex_lock(&lock);
	if (!in_use && registered && try_module_get(registered->owner))
		WRITE_ONCE(in_use, registered);
	mutex_unlock(&lock);
	return in_use;
}

void mmuw_breaker_put(void)
{
	const struct mmuw_breaker *breaker = in_use;

	if (!breaker)
		return;
	WRITE_ONCE(in_use, NULL);
	synchronize_rcu();
	module_put(breaker->owner);
}

const struct mmuw_breaker *mmuw_breaker(void)
{
	return READ_ONCE(in_use);
}

bool mmuw_has_broken(const char *symbol)
{
	const struct mmuw_breaker *breaker = mmuw_breaker();

	return breaker && breaker->has_broken(symbol);
}

bool mmuw_breaks(enum mmuw_break what, u16 vm)
{
	const struct mmuw_breaker *breaker;
	bool breaks;

	rcu_read_lock();
	breaker = mmuw_breaker();
	breaks = breaker && breaker->breaks(what, vm);
	rcu_read_unlock();
	return breaks;
}
EXPORT_SYMBOL_GPL(mmuw_breaks);

bool mmuw_is_broken(void)
{
	const struct mmuw_breaker *breaker;
	bool broken;

	rcu_read_lock();
	breaker = mmuw_breaker();
	broken = breaker && breaker->is_set();
	rcu_read_unlock();
	return broken;
}
EXPORT_SYMBOL_GPL(mmuw_is_broken);

void mmuw_break_nothing(void)
{
	const struct mmuw_breaker *breaker;

	rcu_read_lock();
	breaker = mmuw_breaker();
	if (breaker)
		breaker->stop();
	rcu_read_unlock();
}
