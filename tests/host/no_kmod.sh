#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): a run without the module needs neither the module nor
# tracefs, leaves the kernel untainted, says what it cannot judge, and notices a kernel that is
# broken from outside (mmuwitness plant). Ends with "N passed, N failed".
# shellcheck disable=SC2086 # $run is a command with its words
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
out=/run/no-kmod
mkdir -p $out
run="/mmuwitness run --no-kmod --scratch /dev/vda --out $out --emulated"
text=$out/text

# expect STATUS PATTERN WHAT COMMAND...: some line of its output has the pattern
expect() {
	wanted=$1 pattern=$2 what=$3
	shift 3
	"$@" >$out/text 2>&1 </dev/null
	status=$?
	[ $status = "$wanted" ] && grep -q "$pattern" $out/text
	verdict $? "$what (status $status: $(grep "$pattern" $out/text | head -n 1 | head -c 120))"
}
has() { # WHAT PATTERN FILE
	grep -q "$2" "$3"
	verdict $? "$1"
}

# ---- what cannot work
expect 2 'not --kmod with --no-kmod' "the module, too" $run --kmod /mmuwitness.ko
expect 2 'not --plant with --no-kmod' "a plant" $run --plant log-mark-skipped
expect 2 'not --script with --no-kmod' "a script" $run --script /dev/null

# ---- what works, with nothing of ours in the kernel
umount /sys/kernel/tracing
suite='Turns.*:Writeback.Guest*:Staged.*:Aging.*:SlotChange.*'
expect 0 '^[1-9][0-9]* pass, 0 fail, [1-9][0-9]* skip, 0 incon' "a run without tracefs" $run --filter "$suite"
has "says what it leaves out" '^without the module: .* tagged' $out/text
has "does not know what gates would" '^Staged.* pass .* ? ' $out/text
has "skips what is about the rest" '^Aging.*: skip: needs the module' $out/text
has "says so in the record" '"kmod": false' $out/verdict.json
has "... and that the kernel was not tainted" '"taint": 0,' $out/verdict.json
[ ! -e /sys/module/mmuwitness ] && [ "$(cat /proc/sys/kernel/tainted)" = 0 ]
verdict $? "which it is not by now, either"
expect 0 ' 0 fail' "the recording is judged" /mmuwitness judge $out/marks.txt --json $out/again.json
cmp $out/verdict.json $out/again.json
verdict $? "to the same record"
expect 0 '^disturber signals .* [1-9]' "a disturber" $run --perturb=signals --filter 'Turns.*'
mount -t tracefs tracefs /sys/kernel/tracing

# ---- a kernel that is broken from outside, and the same without
insmod /mmuwitness.ko && insmod /mmuwitness-plants.ko
planted() { # PLANT RULE FILTER
	expect 1 "^  $2: fail: " "$1 is noticed by $2" /mmuwitness plant "$1" -- $run --filter "$3"
}
for filter in 'Turns.*' 'Writeback.Guest*' 'SlotChange.*'; do
	expect 0 ' 0 fail' "nothing planted: $filter" /mmuwitness plant none -- $run --filter "$filter"
done
planted log-mark-skipped log-complete 'Turns.*'
planted ring-push-dropped log-complete 'Turns.*/ring'
planted unmap-skipped-in-mkclean durable 'Writeback.Guest*'

summary
