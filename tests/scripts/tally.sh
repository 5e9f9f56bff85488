#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What scripts/check counts, and says of failures. Ends with "N passed, N failed".
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
# shellcheck source=scripts/tally.sh
. "$SCRIPTS/tally.sh"
# shellcheck source=tests/scripts/support/verdicts.sh
. "$(dirname "$0")/support/verdicts.sh"
text=$(mktemp) work=$(mktemp -d)
at_exit "rm -rf '$work' '$text'"

is() { # WHAT WANTED FOUND
	local status=0
	echo "$3" >"$text"
	[[ $2 == "$3" ]] || status=1
	verdict "$status" "$1"
}
# counted COMMAND...: what it adds to nothing
counted() {
	(
		passed=0 failed=0 skipped=0
		"$@"
		echo "$passed $failed $skipped"
	)
}

cat >"$work/ktap" <<'END'
KTAP version 1
    # Subtest: Passes.b
    ok 1 durable
ok 1 Passes.b
    # Subtest: Fails.b/c
    # > mark seq=1
    # durable: fail: the disk has 1
    not ok 1 durable
    # young: fail: not young
    not ok 2 young
not ok 2 Fails.b/c
# Hangs.d: inconclusive: vCPU 1: no end
not ok 3 Hangs.d
not ok 4 SaysNothing.e
END
is "failed scenarios say why" "Fails.b/c: durable: fail: the disk has 1
Hangs.d: inconclusive: vCPU 1: no end
SaysNothing.e" "$(failed_scenarios "$work/ktap")"
is "none without records" "" "$(failed_scenarios /dev/null)"
is "all passed" "3 0 1" "$(counted add 0 program 3 0 1)"
is "failures are counted once" "3 2 0" "$(counted add 1 program 3 2 0)"
is "a status without failures is one" "3 1 0" "$(counted add 1 program 3 0 0)"
is "nothing tested is one" "0 1 0" "$(counted add 0 program 0 0 0)"
is "all skipped is none" "0 0 2" "$(counted add 4 program 0 0 2)"
is "a host without a tally is one" "0 1 0" "$(counted add_tally host "$work/none")"
summary
