#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): a plant for every VM goes with the process that planted
# it, however that ends. That it breaks the VMs of others: make compare. Ends with "N passed, N failed".
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
log=/run/log
text=$log

# expect STATUS PATTERN WHAT WORD...: of mmuwitness plant WORD..., and a line of its stderr
expect() {
	wanted=$1 pattern=$2 what=$3
	shift 3
	/mmuwitness plant "$@" >/run/stdout 2>$log </dev/null
	status=$?
	[ $status = "$wanted" ] && grep -q "$pattern" $log
	verdict $? "$what (status $status: $(head -c 150 $log | head -n 1))"
}

# Functions that ftrace or a kprobe has a hand in, and the module's own.
touched() { grep -c . /sys/kernel/tracing/enabled_functions; }

insmod /mmuwitness.ko && insmod /mmuwitness-plants.ko
before=$(touched)
expect 7 '^plant none: 0 hits; status 7 after' "the command's status" none -- sh -c 'exit 7'
expect 137 'status 137' "a command that is killed" none -- sh -c "kill -9 \$\$"
expect 2 'cannot run /no/such' "a command that is not there" none -- /no/such
expect 2 'give it after --' "no command" none
expect 2 'unknown plant' "an unknown plant" frobnicate -- true
expect 2 'not for every VM' "a plant on files under test" dirty-after-writeback -- true
for plant in zap-skipped flush-skipped-in-zap flush-skipped-in-notifier; do
	expect 2 'not for every VM' "$plant, which would leave a VM freed pages" $plant -- true
done
[ "$(touched)" = "$before" ]
verdict $? "the plant is gone with the command"

for signal in TERM KILL; do
	/mmuwitness plant log-mark-skipped -- sleep 1000 >$log 2>&1 </dev/null &
	plant=$!
	until pidof sleep >/dev/null; do usleep 50000; done
	planted=$(touched)
	kill -0 $plant && [ "$planted" -gt "$before" ]
	verdict $? "planted"
	kill -$signal $plant
	wait $plant
	usleep 300000
	[ "$(touched)" = "$before" ] && ! pidof sleep >/dev/null && rmmod mmuwitness_plants mmuwitness &&
		insmod /mmuwitness.ko && insmod /mmuwitness-plants.ko
	verdict $? "SIG$signal takes the plant and the command along"
done
! dmesg | grep -qE 'WARNING|BUG|Oops|Call Trace'
verdict $? "the kernel log is quiet"

summary
