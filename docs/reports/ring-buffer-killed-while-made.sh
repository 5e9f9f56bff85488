#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT), without mmuwitness: trace instances are made by processes that
# are killed meanwhile. See docs/reports/ring-buffer-killed-while-made.md.
instances=/sys/kernel/tracing/instances
round=0
while [ $round -lt 300 ]; do
	mkdir $instances/killed &
	maker=$!
	usleep $((round % 30 * 100))
	kill -9 $maker 2>/dev/null
	wait $maker 2>/dev/null
	rmdir $instances/killed 2>/dev/null
	round=$((round + 1))
done
dmesg | grep -A1 'failed to allocate ring buffer' | head -4
count=$(dmesg | grep -c 'failed to allocate ring buffer')
echo "$((round - count)) passed, $count failed"
