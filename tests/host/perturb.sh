#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): every disturber works, alone and beside the others, breaks
# no rule, and leaves the machine as it was, however the run ends. Ends with "N passed, N failed".
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
out=/run/perturb
mkdir -p $out
run="/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out $out --emulated"
text=$out/text

# All that disturbers and scenarios change: settings, CPUs, cgroups, mounts, guards. (What else a
# killed run leaves in /tmp is the empty directory that its scratch was mounted on.)
machine() {
	grep . /sys/kernel/mm/lru_gen/enabled /sys/kernel/mm/ksm/run /sys/kernel/mm/ksm/sleep_millisecs /sys/kernel/mm/ksm/pages_to_scan \
		/sys/kernel/mm/ksm/smart_scan /sys/kernel/mm/transparent_hugepage/enabled \
		/sys/kernel/mm/transparent_hugepage/khugepaged/*_millisecs \
		/sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan \
		/sys/devices/system/cpu/online 2>/dev/null
	cat /proc/[0-9]*/mounts 2>/dev/null | grep -c cgroup
	# The scratch directory of a killed run stays, empty: it is not a disturber's.
	find /tmp -name 'mmuwitness-cgroup*' | grep -c .
	cat /proc/[0-9]*/comm 2>/dev/null | grep -c mmuw-guard
	mkdir -p $out/cgroup && mount -t cgroup2 none $out/cgroup && find $out/cgroup -name 'mmuwitness-*'
	umount $out/cgroup
}
machine >$out/before
unchanged() { # WHAT
	machine >$out/after
	diff $out/before $out/after >$out/text
	verdict $? "$1"
}

# What the record says: at least one scenario in which it was not idle.
for name in $(/mmuwitness list --perturb | awk '{ print $1 }'); do
	# shellcheck disable=SC2086 # $run is a command with its words
	$run --perturb="$name" --filter 'Turns.*/bitmap:Turns.*/ring:Writeback.GuestW*sync' >$out/text 2>&1 </dev/null
	status=$?
	grep -q "^disturber $name .* [1-9]" $out/text
	verdict $((status || $?)) "$name disturbs, and no rule minds (status $status)"
done
unchanged "... and the machine is as it was"
# shellcheck disable=SC2086
$run --perturb=all --filter 'Turns.*' >$out/text 2>&1 </dev/null
verdict $? "all of them together"
[ "$(grep -c '"idle": false' $out/verdict.json)" -ge 9 ]
verdict $? "... are in the record"
unchanged "... and the machine is as it was"

# In mid-scenario the machine is not as it was: or the tests above would mean nothing.
for signal in TERM KILL; do
	# shellcheck disable=SC2086
	$run --perturb=all --filter 'Writeback.*' --repeat 50 >$out/long 2>&1 </dev/null &
	long=$!
	until grep -q '^pass' $out/long; do sleep 0.1; done
	# Between two scenarios it is, for a moment.
	for _ in $(seq 50); do
		machine | diff $out/before - >$out/text || break
		sleep 0.1
	done
	[ -s $out/text ]
	verdict $? "a disturbed machine shows it"
	kill -$signal $long
	wait $long 2>/dev/null
	# The guard of a killed run needs a moment.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		machine | cmp -s $out/before - && break
		sleep 1
	done
	unchanged "... and is as it was after SIG$signal"
done

# Scenarios that change the machine themselves, with no disturber. Stopped, so that it is looked at
# and killed while the setting is changed.
killed_while_changed() { # FILTER SETTING CGROUP: a pattern that its cgroup has then
	is_changed() { [ "$(cat "$2")" != "$was" ] && grep -q "^0::.*$3" /proc/$long/cgroup; }
	was=$(cat "$2")
	# shellcheck disable=SC2086
	$run --filter "$1" --repeat 500 >$out/long 2>&1 </dev/null &
	long=$!
	changed=1
	while kill -0 $long 2>/dev/null; do
		is_changed "$@" || continue
		kill -STOP $long
		is_changed "$@" && changed=0 && break
		kill -CONT $long # it was just put back
	done
	cp $out/long $out/text
	verdict $changed "$1 changes $2 ($was, now $(cat "$2"))"
	machine | diff $out/before - >>$out/text
	kill -KILL $long
	wait $long 2>/dev/null
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		machine | cmp -s $out/before - && break
		sleep 1
	done
	unchanged "... and is as it was after SIGKILL"
}
killed_while_changed 'Aging.*' /sys/kernel/mm/lru_gen/enabled /mmuwitness-
killed_while_changed 'Ksm.*' /sys/kernel/mm/ksm/run /
[ ! -e /sys/module/mmuwitness ] || rmmod mmuwitness

# ---- what a machine does not offer
mount -t tmpfs nothing /sys/kernel/mm/ksm
# shellcheck disable=SC2086
$run --perturb=ksm --filter 'Turns.*' >$out/text 2>&1 </dev/null
[ $? = 4 ] && grep -q '^skip .*ksm: the kernel has no KSM' $out/text && ! grep -q '^pass' $out/text
verdict $? "the only one is missing: no run"
# shellcheck disable=SC2086
$run --perturb=ksm,signals --filter 'Turns.*' >$out/text 2>&1 </dev/null
status=$?
[ $status = 0 ] && grep -q '^skip .*ksm: the kernel has no KSM' $out/text &&
	grep -q '^disturber ksm  *skip' $out/text && grep -q '"missing_disturbers"' $out/verdict.json
verdict $? "one of two is missing: said, and the other one works"
umount /sys/kernel/mm/ksm

! dmesg | grep -qE 'WARNING|BUG|Oops|Call Trace'
verdict $? "the kernel log is quiet"

summary
