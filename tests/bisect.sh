#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# git bisect run finds, among 16 commits of a kernel, the one that has a fault; one of them does not
# build, and has no verdict. Builds a kernel: scripts/matrix runs it. Ends with "N passed, N failed".
. "$(dirname "$0")/../scripts/lib.sh"
become_root "$0" "$@"
# shellcheck source=tests/scripts/support/verdicts.sh
. "$(dirname "$0")/scripts/support/verdicts.sh"
export HOST=${HOST:-x86_64-amd}
load_host
mkdir -p "$BUILD"
text=$BUILD/bisect-test.txt tree=$BUILD/bisect-test/linux
child "$SCRIPTS/build"
child "$SCRIPTS/kernel-source" trixie
remove "$BUILD/bisect-test"
mkdir -p "$tree"
at_exit "remove '$BUILD/bisect-test'"
# Files that git and sed write are new ones: the source keeps its own.
cp -al "$CACHE/source-trixie/source/." "$tree"
cd "$tree"
bisect_run() { # VARIABLE=VALUE...
	env "$@" "$SCRIPTS/bisect" >"$text" 2>&1
}
git() { command git -c user.name=test -c user.email=test@localhost -c advice.detachedHead=false "$@"; }

status=0
(cd / && bisect_run A=b) || status=$?
[[ $status == 255 ]] && grep -q "no kernel's source" "$text" || status=1
verdict $((status != 255)) "a directory that is no kernel ends the bisection"

# Only what changes is in the repository.
{
	git init -q
	git add -f virt/kvm/kvm_main.c
	git commit -qm "as Debian has it"
} >/dev/null
commit() { # SUBJECT SED-SCRIPT
	sed -i "$2" virt/kvm/kvm_main.c
	git diff --quiet && return 1
	git commit -qam "$1"
}
for i in {1..15}; do
	case $i in
	7) commit "does not build" '1i #error not yet' ;;
	8) commit "builds again" '1d' ;;
	11) commit "the fault" 's/^\t\t\tset_bit_le(rel_gfn, memslot->dirty_bitmap);/\t\t\t;/' ;;
	*) commit "harmless $i" "\$a /* $i */" ;;
	esac
	verdict $? "commit $i"
done
git bisect start HEAD HEAD~15 >"$text" 2>&1
status=0
git bisect run env FILTER='Turns.*/bitmap' "$SCRIPTS/bisect" >"$text" 2>&1 || status=$?
grep -A5 'is the first bad commit' "$text" | grep -q '^    the fault$' || status=1
verdict "$status" "the commit with the fault is found"
git bisect reset >/dev/null 2>&1
git checkout -q HEAD~8
status=0
bisect_run FILTER='Turns.*/bitmap' || status=$?
[[ $status == 125 ]] && grep -q 'no verdict: it does not build' "$text" || status=1
verdict $((status != 125)) "a commit that does not build has no verdict"
summary
