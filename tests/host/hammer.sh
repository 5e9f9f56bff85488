#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): make hammer with small numbers, that it is the same again
# for the same seed, and that it is no pass if the time is up. Ends with "N passed, N failed".
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
out=/run/hammer
mkdir -p $out
hammer="/mmuwitness hammer --kmod /mmuwitness.ko --scratch /dev/vda --out $out --emulated"
text=$out/text

# shellcheck disable=SC2086 # a command with its words
run() { # ARGUMENTS...
	$hammer "$@" >$out/text 2>&1 </dev/null
}

# A process of ours dies there now and then, of reading its own anonymous memory: docs/hammer.md.
parts=all
if [ "$(uname -m)" = loongarch64 ]; then
	parts=load,start,kill,overflow,plants,disturbers
	echo "skip    ioctl: not understood on LoongArch, see docs/hammer.md"
fi
run --few --seed 1 --part $parts
status=$?
while read -r line; do
	case $line in
	'ok '*) verdict 0 "${line#ok *}" ;;
	'FAILED '*) verdict 1 "${line#FAILED *}" ;;
	esac
done <$out/text
verdict $status "the status says so ($status)"

# What each call came to may differ: the arguments may not.
for round in 1 2; do
	run --seed 7 --replay 2:0-300
	verdict $? "a replay, round $round"
	sed 's/ = .*//' $out/text >$out/replay.$round
done
[ "$(wc -l <$out/replay.1)" = 300 ] && cmp $out/replay.1 $out/replay.2
verdict $? "the same calls for the same seed"
run --seed 8 --replay 2:0-300
sed 's/ = .*//' $out/text | cmp -s - $out/replay.1
[ $? = 1 ]
verdict $? "others for another one"

# Not by ioctl, whose processes may end sooner than its time on LoongArch.
run --part start --limit 2 --seed 1 --count 100000
status=$?
[ $status = 1 ] && grep -q 'not done in time' $out/text
verdict $? "what is not done in time is no pass (status $status)"
run --part frobnicate
status=$?
[ $status = 2 ] && grep -q "unknown part 'frobnicate'" $out/text
verdict $? "an unknown part (status $status)"
[ ! -e /sys/module/mmuwitness ]
verdict $? "no module is left"

summary
