#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What `make lint` says of arrows between folders: none of the tree's is wrong, one that is planted
# is named. Ends with "N passed, N failed".
set -u
source=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
text=$work/text
# shellcheck source=tests/scripts/support/verdicts.sh
. "$(dirname "$0")/support/verdicts.sh"
trap 'rm -rf "$work"' EXIT
mkdir "$work/scripts"
cp -r "$source/harness" "$source/kmod" "$work"
cp -r "$source/scripts/layers" "$source/scripts/inside" "$work/scripts"

layers() { # TREE
	"$work/scripts/inside/layers" "$1" >"$text" 2>&1
}
# plant FILE INCLUDE PATTERN: it is refused, and said so
plant() {
	local tree=${1%%/*}
	cp "$work/$1" "$work/kept"
	echo "#include \"$2\"" >>"$work/$1"
	if layers "$tree"; then false; else grep -q "$3" "$text"; fi
	verdict $? "$1 that includes $2"
	cp "$work/kept" "$work/$1"
}

for tree in harness kmod; do
	layers "$tree"
	verdict $? "$tree as it is"
done
plant harness/judge/rule.cc vmm/kvm.h 'judge/rule.cc includes vmm/kvm.h: judge may not use vmm'
plant harness/base/fd.h guest/protocol.h 'base may not use ^guest'
plant harness/main.cc judge/judge.h '\. may not use judge'
plant harness/vmm/vm.h vmm/guest.h 'in a circle'
plant kmod/witness/emit.h hooks/hooks.h 'witness may not use hooks'
plant kmod/hooks/hooks.h plants/plant.h 'hooks may not use plants'
summary
