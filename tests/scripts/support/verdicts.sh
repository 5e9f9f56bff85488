# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by the scripts in tests/scripts: what they say, for scripts/check to count.
passed=0 failed=0

# verdict STATUS WHAT: what the last command printed is in $text
verdict() {
	if (($1 == 0)); then
		passed=$((passed + 1))
		echo "ok      $2"
	else
		failed=$((failed + 1))
		echo "FAILED  $2"
		# shellcheck disable=SC2154 # the script has it
		sed 's/^/        | /' "$text"
	fi
}

summary() { # the last line, and the status
	echo "$passed passed, $failed failed"
	((failed == 0))
}
