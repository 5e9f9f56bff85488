#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs on an emulated host (HOST_SCRIPT): what goes wrong gets one clear line, the right exit
# status, and leaves nothing behind. Busybox sh; ends with "N passed, N failed".
# shellcheck disable=SC2086 # $run is a command with its words
[ -e /dev/kvm ] || { echo "skip    no /dev/kvm"; exit 4; }
# shellcheck source=tests/host/support/verdicts.sh
. /support/verdicts.sh
out=/run/out
work=/run/bad
mkdir -p $work
run="/mmuwitness run --scratch /dev/vda --out $work/out --emulated"
text=$work/stderr

# expect STATUS PATTERN WHAT COMMAND...: one line on stderr, that has the pattern
expect() {
	wanted=$1 pattern=$2 what=$3
	shift 3
	"$@" >$work/stdout 2>$work/stderr </dev/null
	status=$?
	lines=$(wc -l <$work/stderr)
	[ $status = "$wanted" ] && [ "$lines" = 1 ] && grep -q "$pattern" $work/stderr
	verdict $? "$what (status $status: $(head -c 150 $work/stderr | head -n 1))"
}

holds() { # WHAT COMMAND...: the command succeeds
	what=$1
	shift
	"$@" >$work/stdout 2>$work/stderr </dev/null
	verdict $? "$what"
}

# ---- wrong words
expect 2 'unknown command' "unknown command" /mmuwitness frobnicate
expect 2 'unrecogni[sz]ed option' "unknown option" /mmuwitness run --frobnicate
expect 2 "required" "run without --scratch" /mmuwitness run
expect 2 'unknown rule' "unknown rule" /mmuwitness explain frobnicate
expect 2 'no scenario matches' "filter that matches nothing" $run --kmod /mmuwitness.ko --filter 'No.Such*'
expect 2 "unknown disturber 'frobnicate'" "unknown disturber" $run --perturb=signals,frobnicate
expect 2 'unknown plant' "unknown plant" $run --kmod /mmuwitness.ko --plant frobnicate
echo 'durable * *' >$work/known
expect 2 'known:1: not RULE SCENARIOS KERNEL REASON' "a list of known bugs with a line that is none" $run --known $work/known
expect 2 'No such file' "no list of known bugs" $run --known /no/such

# ---- what is missing
mkdir -p /etc
echo 'nobody:x:65534:65534::/:/bin/sh' >/etc/passwd
expect 2 'not root' "not root" start-stop-daemon -S -c nobody -x /mmuwitness -- run --scratch /dev/vda --out /tmp/x
expect 2 'load mmuwitness.ko' "module absent" $run
expect 2 'No such file' "module file absent" $run --kmod /no/such.ko
# Of vermagic, the release is not looked at where symbols have versions; the rest is.
sed 's/ mod_unload / mod_unlock /' /mmuwitness.ko >$work/other.ko
expect 2 'not built for the running kernel' "module for another kernel" $run --kmod $work/other.ko
expect 2 'mount' "scratch is not a filesystem" /mmuwitness run --scratch /dev/null --out $work/out --kmod /mmuwitness.ko
mv /dev/kvm /dev/kvm.away
expect 4 'no /dev/kvm' "no /dev/kvm" $run --kmod /mmuwitness.ko
mv /dev/kvm.away /dev/kvm
umount /sys/kernel/tracing
expect 2 'tracefs is not mounted' "tracefs not mounted" $run --kmod /mmuwitness.ko
mount -t tracefs tracefs /sys/kernel/tracing

# ---- a run to have a recording from, and then recordings that are damaged
holds "a clean run" $run --kmod /mmuwitness.ko --filter 'Turns.*'
cp $work/out/trace.dat $work/trace.dat
holds "its recording is judged" /mmuwitness judge $work/trace.dat --json $work/again.json
holds "to the same record" cmp $work/out/verdict.json $work/again.json
size=$(wc -c <$work/trace.dat)
for part in 10 2000 $((size / 2)) $((size - 5000)); do
	head -c $part $work/trace.dat >$work/short.dat
	expect 2 'truncated\|not a trace.dat\|ends' "recording cut to $part bytes" /mmuwitness judge $work/short.dat
done
expect 2 'not a trace.dat' "a foreign file" /mmuwitness judge /bin/busybox
expect 2 'No such file' "no file" /mmuwitness judge /no/such.dat
expect 2 'not a regular file' "a directory" /mmuwitness judge /run

# ---- the disk fills up while recording
mkdir -p $work/small && mount -t tmpfs -o size=600k tmpfs $work/small
/mmuwitness run --scratch /dev/vda --out $work/small --emulated --kmod /mmuwitness.ko \
	--filter 'Writeback.Guest*' >$work/stdout 2>$work/stderr </dev/null
status=$?
[ $status = 1 ] && grep -q 'inconclusive.*No space left' $work/stdout &&
	grep -q 'No space left' $work/stderr && ! grep -q '^pass .*Teardown' $work/stdout
verdict $? "disk full during the recording is inconclusive (status $status)"
umount $work/small

# ---- sessions, and harnesses that die
# Of any process, in any mount namespace.
vms() {
	for fd in /proc/[0-9]*/fd/*; do readlink "$fd"; done 2>/dev/null | grep -c 'anon_inode:kvm-vm'
}
mounts() { cat /proc/[0-9]*/mounts 2>/dev/null | grep -c '/tmp/mmuwitness'; }
instances() { find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 | wc -l; }
$run --kmod /mmuwitness.ko --filter 'Continuous*' --repeat 50 >$work/long 2>&1 </dev/null &
long=$!
until grep -q pass $work/long; do sleep 0.1; done
expect 1 'in use\|busy\|temporarily' "module unload while a session is open" rmmod mmuwitness
expect 2 'in use' "a second session" /mmuwitness run --scratch /run --out $work/second --emulated
kill -STOP $long # so that what it holds can be counted
holds "a harness in mid-scenario has VMs" test "$(vms)" -gt 0
holds "... a mount" test "$(mounts)" -gt 0
holds "... a trace instance" test "$(instances)" = 1
kill -9 $long
wait $long 2>/dev/null
sleep 1
holds "kill -9 in mid-scenario leaves no VM" test "$(vms)" = 0
holds "... no mount" test "$(mounts)" = 0
holds "... no reference of the module: it unloads" rmmod mmuwitness
holds "... and a clean rerun on the same boot" $run --kmod /mmuwitness.ko --filter 'Writeback.Guest*'
holds "... which removes the dead one's trace instance" test "$(instances)" = 0
$run --kmod /mmuwitness.ko --repeat 50 >$work/stdout 2>$work/stderr </dev/null &
long=$!
until grep -q pass $work/stdout; do sleep 0.1; done
kill -TERM $long
wait $long
[ $? = 1 ] && grep -q 'interrupted' $work/stderr && grep -q ' 0 lost' $work/stdout && [ -s $work/out/trace.dat ]
verdict $? "an interrupted run keeps what it found and puts everything down"
holds "no module is left" test ! -e /sys/module/mmuwitness
! dmesg | grep -qE 'WARNING|BUG|Oops|Call Trace'
verdict $? "the kernel log is quiet"

cp $work/stdout $work/stderr $out 2>/dev/null
summary
