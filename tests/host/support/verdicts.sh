# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Sourced by the scripts in tests/host: what they say, for scripts/check to count.
passed=0
failed=0
text=/run/text # what the last command printed: shown when a check fails

verdict() { # STATUS WHAT
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
		echo "ok      $2"
	else
		failed=$((failed + 1))
		echo "FAILED  $2"
		tail -n 40 "$text" | sed 's/^/        | /'
	fi
}

summary() { # the last line, and the status
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}
