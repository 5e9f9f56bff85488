// SPDX-License-Identifier: GPL-2.0-only
#include "witness/point.h"

#include <linux/export.h>
#include <linux/rcupdate.h>

static mmuw_passed_fn *subscribers[MMUW_SUBSCRIBERS];
bool mmuw_points_watched;
EXPORT_SYMBOL_GPL(mmuw_points_watched);

static bool is_done(enum mmuw_point point)
{
	return point == MMUW_POINT_INVALIDATE_STARTED || point == MMUW_POINT_INVALIDATE_ENDED ||
	       point == MMUW_POINT_FAULT_END;
}

static void tell(enum mmuw_subscriber who, enum mmuw_point point,
		 const struct mmuw_passage *passage)
{
	mmuw_passed_fn *passed = READ_ONCE(subscribers[who]);

	if (passed)
		passed(point, passage);
}

void __mmuw_pass(enum mmuw_point point, const struct mmuw_passage *passage)
{
	bool plants_first = is_done(point);

	rcu_read_lock();
	tell(plants_first ? MMUW_SUBSCRIBER_PLANTS : MMUW_SUBSCRIBER_GATES, point, passage);
	tell(plants_first ? MMUW_SUBSCRIBER_GATES : MMUW_SUBSCRIBER_PLANTS, point, passage);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(__mmuw_pass);

void mmuw_subscribe(enum mmuw_subscriber who, mmuw_passed_fn *passed)
{
	bool any = false;
	int i;

	if (subscribers[who] == passed)
		return;
	WRITE_ONCE(subscribers[who], passed);
	for (i = 0; i < MMUW_SUBSCRIBERS; i++)
		any |= !!subscribers[i];
	WRITE_ONCE(mmuw_points_watched, any);
	if (!passed)
		synchronize_rcu();
}
EXPORT_SYMBOL_GPL(mmuw_subscribe);
