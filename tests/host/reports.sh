#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): run --report says whether this kernel shows a documented
# bug, in words and status alike, live and from the recording. Ends with "N passed, N failed".
# shellcheck disable=SC2086 # $run is a command with its words
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
out=/run/reports
mkdir -p $out
run="/mmuwitness run --scratch /dev/vda --out $out --emulated"
text=$out/text

expect() { # STATUS PATTERN WHAT COMMAND...: some line of its output has the pattern
	wanted=$1 pattern=$2 what=$3
	shift 3
	"$@" >$out/text 2>&1 </dev/null
	status=$?
	[ $status = "$wanted" ] && grep -q "$pattern" $out/text
	verdict $? "$what (status $status: $(grep "$pattern" $out/text | head -n 1 | head -c 150))"
}
# The status that goes with the word of the last line.
status_of() { # NAME
	case $(sed -n "s/^report $1: \([a-z]*\): .*/\1/p" $out/text) in
	pass) echo 0 ;;
	fail | inconclusive) echo 1 ;;
	skip) echo 4 ;;
	esac
}
consistent() { # WHAT NAME COMMAND...: whatever this kernel shows, the status is that of the word
	what=$1 name=$2
	shift 2
	"$@" >$out/text 2>&1 </dev/null
	status=$?
	[ "$(status_of "$name")" = $status ] && ! grep -q xfail $out/text
	verdict $? "$what (status $status: $(tail -n 1 $out/text))"
}

# ---- words
expect 0 'docs/reports/.*\.md' "list --reports" /mmuwitness list --reports
names=$(cut -d ' ' -f 1 <$out/text)
expect 2 "unknown report 'frobnicate': known are .*prefault-clears-accessed" "an unknown report" $run --report frobnicate
for word in filter script perturb plant; do
	expect 2 "not --$word with --report" "--$word, too" $run --report prefault-clears-accessed --$word x
done
for name in $names; do
	$run --report $name --kmod /no/such.ko >$out/text 2>&1
	status=$?
	wanted="/no/such.ko"
	[ $status = 2 ] || wanted="report $name is about [a-z0-9_]*, and this is"
	grep -q "$wanted" $out/text && { [ $status = 2 ] || [ $status = 4 ]; }
	verdict $? "$name is there, or of another machine (status $status)"
done

# ---- one that every kernel with the ioctl can be asked about, and that the default suite excuses
about_us() { # NAME: not of another machine
	! $run --report $1 --kmod /no/such.ko 2>&1 | grep -q 'is about'
}
name=prefault-clears-accessed
about_us $name || name=arm64-dirty-after-unlock
consistent "$name" $name $run --kmod /mmuwitness.ko --report $name
cp $out/text $out/live
consistent "... from the recording" $name /mmuwitness judge $out/trace.dat --json $out/again.json
[ "$(tail -n 1 $out/live)" = "$(tail -n 1 $out/text)" ] && cmp $out/verdict.json $out/again.json
verdict $? "... is the same"
grep -q "\"name\": \"$name\"" $out/verdict.json
verdict $? "... and in the record"
consistent "$name without the module" $name $run --no-kmod --report $name
name=make-spte-drops-dirty
if about_us $name; then
	consistent "$name" $name $run --kmod /mmuwitness.ko --report $name --repeat 2
	grep -qE '^dirty-not-lost-in-race +tolerated +[0-2]/2 +[0-9]+/32 ' $out/text
	verdict $? "... as often as was asked for"
fi
name=dirty-ring-reset-signal
consistent "$name without the module" $name $run --no-kmod --report $name --repeat 3

summary
