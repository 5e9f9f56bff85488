#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): mmuwitness selftest, with the first plant of each rule
# (make selftest has them all), and that it does not claim more than it saw. Busybox sh; ends with
# "N passed, N failed".
# shellcheck disable=SC2086 # $selftest is a command with its words
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
work=/run/plants
mkdir -p $work
selftest="/mmuwitness selftest --kmod /mmuwitness.ko --scratch /dev/vda --out $work --emulated"
text=$work/output

run() { # ARGUMENTS...
	$selftest "$@" >$work/output 2>&1 </dev/null
}
fields() { # PATTERN: how many lines of kill.json have it
	grep -c "$1" $work/kill.json
}

run --few
status=$?
while read -r line; do
	case $line in
	'killed '* | 'clean '*) verdict 0 "$line" ;;
	'survived '* | 'skip '* | 'NOT CLEAN '*) verdict 1 "$line" ;;
	'') break ;;
	esac
done <$work/output
verdict $status "the status says so ($status)"
[ "$(fields '"killed": true')" -gt 5 ] && [ "$(fields '"killed": true')" = "$(fields '"plant":')" ]
verdict $? "kill.json says so"

run --plant log-mark-skipped --limit 0.2
status=$?
[ $status = 1 ] && grep -q '^survived  *log-mark-skipped: no end after 0.2 s' $work/output &&
	[ "$(fields '"killed": false')" = 1 ]
verdict $? "a run without an end is no kill (status $status)"
[ ! -e /sys/module/mmuwitness ]
verdict $? "... and leaves no module"
run --plant log-mark-skipped --repeat 2
status=$?
[ $status = 0 ] && [ "$(fields '"kills": 2')" -gt 0 ]
verdict $? "... nor anything that the next one minds: two of two (status $status)"
run --plant 'no-such-*'
status=$?
[ $status = 2 ] && grep -q 'no plant matches' $work/output
verdict $? "a pattern without a match is an error (status $status)"
/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out $work/run --emulated \
	--filter 'Turns.*/bitmap' --plant ring-push-dropped >$work/output 2>&1 </dev/null
status=$?
[ $status = 1 ] && grep -q 'plant ring-push-dropped was never hit' $work/output
verdict $? "a plant that was never hit is inconclusive (status $status)"

# Addresses are kept while the module is loaded: not past a KVM that goes or comes.
if grep -q '^kvm_amd ' /proc/modules; then
	reload_kvm() {
		while read -r name file; do
			case $name in kvm | kvm_amd) eval "insmod $file \$param_$name" ;; esac
		done </modules.list
	}
	# shellcheck source=/dev/null
	(. /args && rmmod kvm_amd kvm && insmod /mmuwitness.ko && insmod /mmuwitness-plants.ko &&
		/mmuwitness list --plants >$work/without && reload_kvm &&
		/mmuwitness list --plants >$work/loaded && rmmod mmuwitness_plants mmuwitness &&
		insmod /mmuwitness.ko && insmod /mmuwitness-plants.ko && /mmuwitness list --plants >$work/fresh && rmmod mmuwitness_plants mmuwitness) >$text 2>&1
	verdict $? "KVM goes and comes"
	grep -q '^log-mark-skipped *(not here)' $work/without && ! grep -q '^log-mark-skipped *(not here)' $work/loaded
	verdict $? "... and so do the places of its plants"
	cmp $work/loaded $work/fresh >$text 2>&1
	verdict $? "... all that a module finds that was loaded later"
fi

summary
