#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT), also on one without KVM: each variant of the reference MMU
# breaks the rules that docs/reference.md says, and no others. Busybox sh; ends with
# "N passed, N failed".
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
work=/run/reference
text=$work/output
mkdir -p $work

run() { # VARIANT FILTER ARGUMENTS...
	variant=$1 filter=$2
	shift 2
	rm -f $work/results.ktap
	/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out $work --emulated \
		--mmu "reference:$variant" --filter "$filter" "$@" >$text 2>&1 </dev/null
	status=$?
}

# Rules that failed, in one line.
broken() {
	sed -n 's/^    # \([a-z-]*\): fail.*/\1/p' $work/results.ktap | sort -u | tr '\n' ' ' | sed 's/ $//'
}

breaks() { # VARIANT FILTER "RULES"
	run "$1" "$2"
	rules=$(broken)
	[ "$rules" = "$3" ] && { [ -z "$3" ] || [ $status = 1 ]; } && { [ -n "$3" ] || [ $status = 0 ]; }
	verdict $? "$1 breaks ${rules:-nothing} (status $status)"
}

all='Writeback.*:Staged.*:Turns.*:LogToggle.*:ReadFault.*:TwoVms.*:WriteBehind.*:Migration.*_2vcpu_*'
breaks dirty-at-map "$all" ''
breaks dirty-at-unmap "$all" ''
breaks page-reference "$all" ''
breaks dirty-at-invalidate 'Turns.*:Writeback.*' ''
# quiet-kernel: ext4_dirty_folio() warns of the late mark.
breaks dirty-at-invalidate 'Staged.*' 'dirty-in-time quiet-kernel'
breaks pin 'Turns.*' 'dirty-in-time'
breaks pin 'Writeback.*:TwoVms.*:WriteBehind.*' 'dirty-in-time durable stable-page unmapped-when-clean'
breaks pin 'Staged.*' 'dirty-in-time durable retry-on-stale slow-path-dirty stable-page unmapped-when-clean'

run longterm-pin 'Turns.*'
[ $status = 4 ] && grep -q '^mmuwitness: run: this kernel refuses a long-term pin' $text
verdict $? "a long-term pin is refused (status $status: $(tail -n 1 $text))"

summary
