#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT), without mmuwitness: a probe (fprobe event) on each function of
# KVM that has code without a name behind it, which ftrace knows as __ftrace_invalid_address. How
# many of them end up on the function? See docs/reports/ftrace-finds-nameless-code.md.
tracing=/sys/kernel/tracing
asked=0 missed=0
functions=$(awk '/__ftrace_invalid_address/ && last ~ /^kvm/ && $3 == "[kvm]" { print last } { last = $2 }' \
	$tracing/available_filter_functions_addrs)
for function in $functions; do
	echo "f:probe $function" >$tracing/dynamic_events || continue
	echo 1 >$tracing/events/fprobes/probe/enable
	asked=$((asked + 1))
	if ! grep -q "^$function " $tracing/enabled_functions; then
		missed=$((missed + 1))
		echo "$function has a probe, and is not patched"
	fi
	echo 0 >$tracing/events/fprobes/probe/enable
	echo "-:probe" >$tracing/dynamic_events
done
echo "$((asked - missed)) passed, $missed failed"
