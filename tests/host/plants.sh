#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): each plant makes its rule fail, by name, with an event
# window; and without a plant the same scenarios have no violation. Ends with "N passed, N failed".
passed=0
failed=0
out=/run/plants

verdict() { # STATUS WHAT
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
		echo "ok      $2"
	else
		failed=$((failed + 1))
		echo "FAILED  $2"
		tail -n 40 $out.txt | sed 's/^/        | /'
	fi
}

run() { # FILTER ARGUMENTS...
	filter=$1
	shift
	/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out $out --emulated \
		--filter "$filter" "$@" >$out.txt 2>&1 </dev/null
}

breaks() { # PLANT RULE FILTER
	run "$3" --plant "$1"
	status=$?
	[ $status = 1 ] && grep -q "^  $2: fail: " $out.txt && grep -q '^    > ' $out.txt &&
		! grep -q 'never hit' $out.txt
	verdict $? "$1 breaks $2 (status $status)"
	run "$3"
	verdict $? "... and without it nothing does (status $?)"
}

breaks flush-skipped-in-log-collection flush-on-protect 'Turns.*'
breaks flush-skipped-in-log-enable flush-on-protect 'LogToggle.*'
breaks flush-skipped-in-notifier unmapped-when-clean 'Writeback.Guest*'
breaks unmap-skipped-in-mkclean unmapped-when-clean 'Writeback.Guest*'
breaks unmap-skipped-in-mkclean durable 'Writeback.Guest*'
breaks log-mark-skipped log-complete 'Turns.*'
breaks log-mark-skipped-one-in-64 log-complete 'Turns.*'
breaks log-mark-next-gfn log-precise 'Turns.*/bitmap'
breaks ring-push-dropped log-complete 'Turns.*/ring'
breaks dirty-after-writeback tagged 'Writeback.Guest*'
breaks dirty-after-writeback durable 'Writeback.Guest*'
breaks dirty-after-writeback nothing-left 'Writeback.Guest*'
breaks kernel-warns quiet-kernel 'Writeback.Guest*'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
