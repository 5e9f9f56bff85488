#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT), also on one without KVM: the module loads, attaches its
# hooks and unloads, again and again, and leaves none of them; a run says what is missing. Busybox
# sh; ends with "N passed, N failed".
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
log=/run/log
text=$log

expect() { # STATUS PATTERN WHAT COMMAND...: some line of its output has the pattern
	wanted=$1 pattern=$2 what=$3
	shift 3
	"$@" >$log 2>&1 </dev/null
	status=$?
	[ $status = "$wanted" ] && grep -q "$pattern" $log
	verdict $? "$what (status $status: $(grep "$pattern" $log | head -n 1 | head -c 120))"
}

# Without KVM it cannot witness (4), and its hooks are examined all the same.
status=4
[ ! -e /dev/kvm ] || status=0
touched=$(grep -c . /sys/kernel/tracing/enabled_functions)
for round in 1 2 3; do
	expect $status '^ok *hook vm_ioctl' "doctor attaches the hooks, round $round" \
		/mmuwitness doctor --kmod /mmuwitness.ko
	! grep -q '^mmuwitness' /proc/modules
	verdict $? "... and the module is gone"
	[ "$(grep -c . /sys/kernel/tracing/enabled_functions)" = "$touched" ]
	verdict $? "... and no function is patched any more"
done
if [ $status = 4 ]; then
	expect 4 'run: no /dev/kvm: ' "a run is a skip" \
		/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out /run/load --emulated
fi
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' >$log
! [ -s $log ]
verdict $? "the kernel has nothing to complain about"

summary
