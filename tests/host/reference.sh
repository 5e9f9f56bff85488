#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT), also on one without KVM: the reference MMU survives bad
# input and a sudden end, and each of its variants breaks the rules that docs/reference.md says, and
# no others. Busybox sh; ends with "N passed, N failed".
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
work=/run/reference
text=$work/output
mkdir -p $work
scratch=/dev/vda
[ -e $scratch ] || scratch=tmpfs

run() { # VARIANT FILTER ARGUMENTS...
	variant=$1 filter=$2
	shift 2
	rm -f $work/results.ktap
	/mmuwitness run --kmod /mmuwitness.ko --scratch $scratch --out $work --emulated \
		--mmu "reference:$variant" --filter "$filter" "$@" >$text 2>&1 </dev/null
	status=$?
}

# One line, with the pattern, and the status of a wrong argument.
refused() { # PATTERN WHAT ARGUMENTS...
	pattern=$1 what=$2
	shift 2
	/mmuwitness "$@" --scratch $scratch --out $work >$text 2>&1 </dev/null
	status=$?
	[ $status = 2 ] && [ "$(wc -l <$text)" = 1 ] && grep -q "$pattern" $text
	verdict $? "$what (status $status: $(head -c 100 $text))"
}
refused "unknown MMU 'frobnicate': known are kvm, reference, " "an unknown MMU" run --mmu=frobnicate
refused "unknown MMU 'reference:'" "a variant without a name" selftest --mmu=reference:
refused 'not --no-kmod with --mmu=reference' "the module's MMU without the module" \
	run --no-kmod --mmu=reference

# Killed in mid-access, with vCPUs, a plant and gates: nothing is left that holds the module.
insmod /mmuwitness.ko && insmod /mmuwitness-plants.ko && insmod /mmuwitness-reference.ko
none=$(printf '0\n0')
for filter in 'ContinuousWriters.*' 'Staged.*' 'Migration.*'; do
	/mmuwitness run --scratch $scratch --out $work --emulated --mmu=reference --repeat 100 \
		--filter "$filter" --plant flush-skipped-in-notifier >$text 2>&1 </dev/null &
	long=$!
	sleep 3
	kill -9 $long
	wait $long 2>/dev/null
	references=$(cat /sys/module/mmuwitness_plants/refcnt /sys/module/mmuwitness_reference/refcnt)
	[ "$references" = "$none" ] && grep -q "^[a-z]* *${filter%%.*}" $text
	verdict $? "kill -9 in $filter leaves no reference to the modules"
done
rmmod mmuwitness_reference mmuwitness_plants mmuwitness
verdict $? "... and they unload"

# Rules that failed, one a line.
broken() {
	sed -n 's/^    # \([a-z-]*\): fail.*/\1/p' $work/results.ktap | sort -u
}

# Each of RULES is broken, and beside them none but those of MAYBE, which take a race to break.
breaks() { # VARIANT FILTER "RULES" ["MAYBE"]
	run "$1" "$2"
	wrong=
	for rule in $3; do
		broken | grep -qx "$rule" || wrong="$wrong, keeps $rule"
	done
	for rule in $(broken); do
		case " $3 ${4-} " in
		*" $rule "*) ;;
		*) wrong="$wrong, breaks $rule" ;;
		esac
	done
	[ -z "$wrong" ] && [ $status = "$([ -n "$3" ]; echo $((! $?)))" ]
	verdict $? "$1, $2: ${3:-nothing} broken (status $status$wrong)"
}

all='Writeback.*:Staged.*:Turns.*:LogToggle.*:ReadFault.*:TwoVms.*:WriteBehind.*:Migration.*_2vcpu_*'
breaks dirty-at-map "$all" ''
breaks dirty-at-unmap "$all" ''
breaks page-reference "$all" ''
breaks dirty-at-invalidate 'Turns.*:Writeback.*' ''
breaks pin 'Turns.*' 'dirty-in-time'
filesystem=$(sed -n 's/.*"filesystem": "\([a-z0-9]*\)".*/\1/p' $work/verdict.json)
echo "# $filesystem"

# What nobody writes back is not written back too early, nor refused.
if [ "$filesystem" = tmpfs ]; then
	breaks longterm-pin 'Turns.*' 'dirty-in-time'
	breaks longterm-pin 'ChangePte.*' 'unmapped-when-clean' 'retry-on-stale'
	summary
	exit
fi

# Filesystems notice by themselves: ext4 always, once a boot, btrfs now and then.
case $filesystem in
ext4) breaks dirty-at-invalidate 'Staged.*' 'dirty-in-time quiet-kernel' ;;
btrfs) breaks dirty-at-invalidate 'Staged.*' 'dirty-in-time' 'quiet-kernel' ;;
*) breaks dirty-at-invalidate 'Staged.*' 'dirty-in-time' ;;
esac
breaks pin 'Writeback.*:TwoVms.*:WriteBehind.*' 'dirty-in-time durable unmapped-when-clean' \
	'stable-page retry-on-stale slow-path-dirty quiet-kernel'
breaks pin 'Staged.*' 'dirty-in-time durable retry-on-stale unmapped-when-clean' \
	'stable-page slow-path-dirty quiet-kernel'
run longterm-pin 'Turns.*'
[ $status = 4 ] && grep -q '^mmuwitness: run: this kernel refuses a long-term pin' $text
verdict $? "a long-term pin is refused (status $status: $(tail -n 1 $text))"

summary
