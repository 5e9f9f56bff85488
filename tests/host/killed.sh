#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): what a scenario does to the machine is undone when its run
# is killed: a filesystem that is frozen, be it just then, with vCPUs that wait for it, or not; swap
# space. Ends with "N passed, N failed".
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
[ -e /dev/kvm ] || exit 1
mkdir -p /run/killed /mnt

in_background() { # FILTER: its pid is $pid
	/mmuwitness run --no-kmod --scratch /dev/vda --out /run/killed --emulated --filter "$1" \
		--repeat 1000 >$text 2>&1 </dev/null &
	pid=$!
	until grep -q '^pass' $text; do
		[ -e /proc/$pid ] || break
		sleep 0.1
	done
}

killed() { # ROUND
	sleep 0.$((3 * $1 % 10))
	kill -9 $pid
	wait $pid
}

# Nothing of it lives on: the guard ends when all is as it was.
no_process_is_left() {
	tenths=0
	while pidof mmuwitness mmuw-guard >$text && [ $tenths -lt 100 ]; do
		sleep 0.1
		tenths=$((tenths + 1))
	done
	[ $tenths -lt 100 ]
	verdict $? "no process is left, $1"
}

for round in 1 2 3 4 5; do
	in_background 'Frozen.*'
	killed $round
	rm -f /run/written
	(mount /dev/vda /mnt && echo text >/mnt/text && sync && umount /mnt && : >/run/written) >$text 2>&1 &
	tenths=0
	until [ -e /run/written ] || [ $tenths = 100 ]; do
		sleep 0.1
		tenths=$((tenths + 1))
	done
	[ -e /run/written ]
	verdict $? "the filesystem can be written to after $((tenths / 10)) s, round $round"
	no_process_is_left "round $round"
done

paged='*/anonymous_page_out'
if /mmuwitness run --no-kmod --scratch /dev/vda --out /run/killed --emulated --filter "$paged" \
	>$text 2>&1 </dev/null; then
	for round in 1 2 3; do
		in_background "$paged"
		until grep -q mmuwitness-swap /proc/swaps; do
			[ -e /proc/$pid ] || break
			sleep 0.01
		done
		killed $round
		no_process_is_left "swap space, round $round"
		! grep -q mmuwitness-swap /proc/swaps
		verdict $? "no swap space is left, round $round"
	done
else
	echo "skip    swap space: $(grep -o 'no swap space: .*' $text | head -n 1)"
fi
summary
