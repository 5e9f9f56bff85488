#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): a run of Frozen that is killed leaves its filesystem as it
# was, be it frozen just then, with vCPUs that wait for it, or not. Ends with "N passed, N failed".
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
[ -e /dev/kvm ] || exit 1
mkdir -p /run/frozen /mnt
for round in 1 2 3 4 5; do
	/mmuwitness run --no-kmod --scratch /dev/vda --out /run/frozen --emulated --filter 'Frozen.*' \
		--repeat 1000 >$text 2>&1 </dev/null &
	pid=$!
	until grep -q '^pass' $text; do
		[ -e /proc/$pid ] || break
		sleep 0.1
	done
	sleep 0.$((3 * round % 10))
	kill -9 $pid
	wait $pid
	rm -f /run/written
	(mount /dev/vda /mnt && echo text >/mnt/text && sync && umount /mnt && : >/run/written) >$text 2>&1 &
	tenths=0
	until [ -e /run/written ] || [ $tenths = 100 ]; do
		sleep 0.1
		tenths=$((tenths + 1))
	done
	[ -e /run/written ]
	verdict $? "the filesystem can be written to after $((tenths / 10)) s, round $round"
	! pidof mmuwitness mmuw-guard >$text
	verdict $? "no process is left, round $round"
done
summary
