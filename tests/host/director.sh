#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): the scripts of docs/scripts stage what they
# say, wrong ones are refused with line and word, and a harness that is killed while a
# gate is set leaves nothing behind. Ends with "N passed, N failed".
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
out=/run/director
text=$out.txt

run() { # ARGUMENTS...
	/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out $out --emulated "$@" \
		>$out.txt 2>&1 </dev/null
}

# Each round of it wins its hold: as many hits as trials.
all_hits() { # SCENARIO
	grep -q "^Script.$1 .* pass " $out.txt &&
		[ "$(sed -n "s/^Script.$1 *pass *[0-9.]* *\([0-9]*\) *\([0-9]*\) .*/\1 \2/p" $out.txt |
			awk '{ print ($1 == $2 && $1 > 0) }')" = 1 ]
}

# With the longest hold that there is: what else the machine does is no reason to miss one.
mkdir /run/scripts
for file in /scripts/*.txt; do
	sed '/^hold /{ s/ longest [0-9]*$//; s/$/ longest 1000/ }' "$file" >"/run$file"
	run --script "/run$file"
	status=$?
	verdict $status "$file passes (status $status)"
	name=$(basename "$file" .txt | tr -c 'a-zA-Z0-9\n' _)
	all_hits "$name"
	verdict $? "... and wins each of its holds"
done

run --script /scripts/cleaned-before-lock.txt --plant sequence-not-advanced
status=$?
[ $status = 1 ] && grep -q '^  retry-on-stale: fail: ' $out.txt &&
	grep -q '^  durable: fail: ' $out.txt
verdict $? "... and shows a missing check, by the trace and on the disk (status $status)"

refused() { # TEXT MESSAGE
	printf '%b' "$1" >/run/wrong.txt
	run --script /run/wrong.txt
	status=$?
	[ $status = 2 ] && grep -qF "$2" $out.txt && [ "$(wc -l <$out.txt)" = 1 ]
	verdict $? "refused with line and word: $2 (status $status)"
}
refused 'pages 4\nhold vcpu 0 at nowhere any until host passes clean-end any\n' \
	"/run/wrong.txt:2: 'nowhere': no such point"
refused 'hold vcpu 0 at ring-push page 1 until host passes clean-end any\n' \
	"/run/wrong.txt:1: 'ring-push': this point is not at a page"
refused 'settle\nsync softly\n' "/run/wrong.txt:2: 'softly': expected msync"
run --script /run/absent.txt
[ $? = 2 ] && grep -q '/run/absent.txt: cannot be read' $out.txt
verdict $? "a script that is not there is refused"

insmod /mmuwitness.ko
/mmuwitness list --points >$out.txt 2>&1
[ "$(uname -m)" = x86_64 ] || sed -i '/^roots-request /d' $out.txt
[ "$(grep -c '\[' $out.txt)" -ge 20 ] && ! grep -q 'not here' $out.txt
verdict $? "list --points: this kernel tells them all (roots are x86's)"
rmmod mmuwitness

# Killed while a vCPU is held at a gate that nobody will open.
cat >/run/stuck.txt <<'END'
hold vcpu 0 at fault-begin any until host passes writeback-end any longest 1000
vcpu 0 write page 0
wait held
vcpu 0 done
END
/mmuwitness run --kmod /mmuwitness.ko --scratch /dev/vda --out $out --emulated \
	--script /run/stuck.txt >$out.txt 2>&1 </dev/null &
sleep 1.5
kill -9 $!
wait $! 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
	rmmod mmuwitness 2>/dev/null && break
	sleep 0.3
done
[ ! -e /sys/module/mmuwitness ]
verdict $? "killed with a gate set: the module has no reference left"
run --script /scripts/cleaned-before-lock.txt
verdict $? "... and the next run passes"

! dmesg | grep -qE 'stall on CPU|detected (expedited )?stall|lockup|hung_task|blocked for more|BUG:|Oops'
verdict $? "the kernel has nothing to say about held tasks"

summary
