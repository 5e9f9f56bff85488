#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): a kernel whose hooks are switched off, by
# kernel.ftrace_enabled or by kprobes/enabled, is told, and no rule passes on what was
# not seen. Ends with "N passed, N failed".
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
out=/run/deaf
text=$out.txt
run="/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out $out --emulated"
ftrace=/proc/sys/kernel/ftrace_enabled
mount -t debugfs debugfs /sys/kernel/debug
kprobes=/sys/kernel/debug/kprobes/enabled

refused() { # WHAT
	$run --filter 'Turns.*' >$text 2>&1 </dev/null
	status=$?
	[ $status = 2 ] && grep -q 'does not call hooks' $text && [ "$(wc -l <$text)" = 1 ]
	verdict $? "$1: a run says so, in one line (status $status)"
	/mmuwitness doctor --kmod /mmuwitness.ko 2>&1 </dev/null | grep -q 'does not call hooks'
	verdict $? "... and so does doctor"
	! grep -q '^mmuwitness' /proc/modules
	verdict $? "... and the module is gone"
}

# Some kernels do not let it be switched off at all (arm64 of 7.3).
if (echo 0 >$ftrace) 2>/dev/null; then
	refused "kernel.ftrace_enabled=0"
	echo 1 >$ftrace
fi
# Waits for a run in the background until its first scenario is over.
begin_long() {
	$run --filter 'Turns.*' --repeat 6 >$text 2>&1 </dev/null &
	long=$!
	until grep -q '^[a-z]* *Turns' $text || ! kill -0 $long 2>/dev/null; do usleep 50000; done
}

begin_long
(echo 0 >$ftrace) 2>/dev/null
verdict $((! $?)) "ftrace stays on while a session has hooks"
wait $long
verdict $? "... and the run passes"

# Where hooks on returns are fprobes, kprobes are nothing to them.
begin_long
grep -q kvm_vm_ioctl /sys/kernel/debug/kprobes/list
rests=$?
wait $long
if [ $rests != 0 ]; then
	summary
	exit
fi
echo 0 >$kprobes
refused "kprobes/enabled=0"
echo 1 >$kprobes

begin_long
echo 0 >$kprobes
sleep 1
echo 1 >$kprobes
wait $long
status=$?
[ $status != 0 ] && grep -q 'inconclusive' $text && ! grep -q ': fail: ' $text
verdict $? "kprobes that are switched off in the middle: inconclusive, and no failure (status $status)"
$run --filter 'Turns.*' >$text 2>&1 </dev/null
verdict $? "... and the next run passes"

summary
