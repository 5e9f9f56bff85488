# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by check and check-host after lib.sh: what passed and failed, and how it is told.
passed=0 failed=0 skipped=0 failures=() expected=()
count() { # PATTERN FILE
	grep -cE "$1" "$2" || true
}

# A run's, each with the first thing that a rule says of it: the records may be gone when it is read.
failed_scenarios() { # KTAP
	awk '/^ *# [^ ]+: (fail|inconclusive)(:|$)/ && why == "" { why = $0; sub(/^ *# /, "", why) }
		/^ok [0-9]/ { why = "" }
		/^not ok [0-9]/ {
			sub(/^not ok [0-9]+ /, "")
			if (index(why, $0 ": ") == 1) why = substr(why, length($0) + 3)
			print $0 (why == "" ? "" : ": " why)
			why = ""
		}' "$1"
}

# add STATUS NAME PASSED FAILED SKIPPED: a nonzero status never counts for less
# than one failure, nor does a program that tested nothing.
add() {
	local status=$1 name=$2 p=$3 f=$4 s=$5
	if ((f == 0 && (status != 0 && !(status == 4 && s > 0) || p + s == 0))); then
		failures+=("$name: status $status after $p passed tests")
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# For another script to add.
write_tally() { # FILE
	{
		echo "counts $passed $failed $skipped"
		((${#failures[@]} == 0)) || printf 'failure %s\n' "${failures[@]}"
		((${#expected[@]} == 0)) || printf 'expected %s\n' "${expected[@]}"
	} >"$1"
}
# Without the file, one failure.
add_tally() { # NAME FILE
	local what rest p f s
	if [[ ! -s $2 ]]; then
		add 1 "$1" 0 0 0
		return
	fi
	while read -r what rest; do
		case $what in
		counts) read -r p f s <<<"$rest" && passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) ;;
		failure) failures+=("$rest") ;;
		expected) expected+=("$rest") ;;
		esac
	done <"$2"
}
