# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # some variables are for its readers
# Shared by every script: where things are, messages, steps, children, locks.
# Sourced first; SRC, BUILD and CACHE are set, errexit and pipefail on.
set -euo pipefail

# Die with the parent when started by make or by another script of ours, also
# when that one got SIGKILL. A user's own `scripts/run &` keeps the usual rules.
if [[ ${MMUWITNESS_GUARD:-$$} != "$$" || (-n ${MAKELEVEL:-} && -z ${MMUWITNESS_GUARD:-}) ]]; then
	export MMUWITNESS_GUARD=$$
	exec setpriv --pdeathsig TERM -- "$0" "$@"
fi
export MMUWITNESS_GUARD=$$

SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
SCRIPTS=$SRC/scripts
BUILD=$SRC/build
# Under sudo the cache is still that of the user who typed it.
user_home=$HOME
if ((EUID == 0)) && [[ -n ${SUDO_USER:-} ]]; then
	user_home=$(getent passwd "$SUDO_USER" | cut -d: -f6)
fi
CACHE=${MMUWITNESS_CACHE:-$user_home/.cache/mmuwitness}
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }
die() { # STATUS MESSAGE
	local status=$1
	shift
	say "mmuwitness: $*"
	exit "$status"
}

hash_of() { sha256sum | cut -c1-16; } # stdin

variable_names() { sed -nE 's/^([A-Z_0-9]+)[ =].*/\1/p' "$SCRIPTS/variables"; }

# Doors call this first: everything behind them runs as root.
become_root() { # "$0" "$@"
	((EUID != 0)) || return 0
	command -v "${SUDO:-sudo}" >/dev/null || die 2 "needs root: run it as root or install sudo"
	local name keep=()
	for name in $(variable_names) COMMAND CI TERM http_proxy https_proxy no_proxy MAKELEVEL; do
		[[ -z ${!name+set} ]] || keep+=("$name=${!name}")
	done
	exec "${SUDO:-sudo}" -- env "${keep[@]}" MMUWITNESS_CACHE="$CACHE" \
		MMUWITNESS_CALLER="$PPID" "$@"
}

# Clean-up. A script adds commands with at_exit; the running child ends first.
CHILD=
at_exit_commands=()
at_exit() { at_exit_commands+=("$1"); }
end_child() {
	local pid=$CHILD tries
	CHILD=
	[[ -n $pid && -e /proc/$pid ]] || return 0
	# unshare blocks TERM; SIGKILL takes its whole namespace along.
	[[ $(<"/proc/$pid/comm") == unshare ]] || kill -TERM "$pid" 2>/dev/null || return 0
	for ((tries = 0; tries < 300; tries++)); do
		[[ $(cat "/proc/$pid/comm" 2>/dev/null) != unshare ]] || break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}
on_exit() {
	local status=$? i
	trap - EXIT
	trap '' INT TERM HUP
	end_child
	for ((i = ${#at_exit_commands[@]} - 1; i >= 0; i--)); do
		eval "${at_exit_commands[i]}" || true
	done
	exit "$status"
}
# Removes directories that ended children may still be writing to for a moment.
remove() { # DIRECTORY...
	local tries
	for ((tries = 0; tries < 25; tries++)); do
		rm -rf --one-file-system "$@" 2>/dev/null && return
		sleep 0.2
	done
	rm -rf --one-file-system "$@"
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# sudo outlives a make that was killed, and with it whatever runs below.
if ((EUID == 0)) && [[ -n ${MMUWITNESS_CALLER:-} ]]; then
	(
		trap - EXIT INT TERM HUP
		while [[ -e /proc/$MMUWITNESS_CALLER && -e /proc/$$ ]]; do sleep 1; done
		kill -TERM "$$"
	) >/dev/null 2>&1 &
	at_exit "kill $!"
	unset MMUWITNESS_CALLER
fi

# Runs a command as the child that clean-up ends. In the background, because
# bash runs traps only after a foreground command.
child() {
	"$@" <&0 &
	CHILD=$!
	local status=0
	wait "$CHILD" || status=$?
	CHILD=
	return "$status"
}

# step NAME COMMAND...: output goes to build/log/NAME.log. A terminal shows the
# latest line while it runs; elsewhere the function STEP_PROGRESS, if there is one, says
# each minute how far it is. One line remains if it took a second or more. When
# it fails, the function STEP_EXPLAIN gets the log first, and may die of it.
step() {
	local name=$1 status=0 begin=$SECONDS log line width told
	shift
	mkdir -p "$BUILD/log"
	log=$BUILD/log/${name//[ \/]/-}.log
	"$@" >"$log" 2>&1 </dev/null &
	CHILD=$!
	if [[ -t 2 ]]; then
		width=$(tput cols 2>/dev/null || echo 80)
		while sleep 0.2 && kill -0 "$CHILD" 2>/dev/null; do
			((SECONDS > begin)) || continue
			line=$(tail -c 300 "$log" | tr '\r' '\n' | tr -cd '[:print:]\n' | tail -n 1)
			line="$name  $((SECONDS - begin)) s  $line"
			printf '\r\033[K%s' "${line:0:width-1}" >&2
		done
		printf '\r\033[K' >&2
	elif [[ -n ${STEP_PROGRESS:-} ]]; then
		told=0
		while kill -0 "$CHILD" 2>/dev/null; do
			sleep 1
			(((SECONDS - begin) / 60 > told)) || continue
			told=$(((SECONDS - begin) / 60))
			say "$name: $((SECONDS - begin)) s, $("$STEP_PROGRESS")"
		done
	fi
	wait "$CHILD" || status=$?
	CHILD=
	if ((status != 0)); then
		[[ -z ${STEP_EXPLAIN:-} ]] || "$STEP_EXPLAIN" "$log"
		say "--- $log"
		tail -n 30 "$log" >&2
		die 1 "$name failed after $((SECONDS - begin)) s (log above)"
	fi
	((SECONDS - begin < 1)) || say "$name: $((SECONDS - begin)) s"
}

# A new directory gets its parent's owner: root's cache may be in a user's home.
make_directory() {
	[[ ! -d $1 ]] || return 0
	make_directory "$(dirname "$1")"
	mkdir -p "$1"
	chown --reference="$(dirname "$1")" "$1"
}

# Holds FILE's lock until the script and its children have ended.
lock() { # FILE WHAT
	make_directory "$(dirname "$1")"
	exec {LOCK}>"$1"
	flock --nonblock "$LOCK" && return
	say "waiting for another mmuwitness: $2"
	child flock "$LOCK"
}

# What was built by root belongs to whoever owns the clone.
give_back() {
	local owner
	owner=$(stat -c %u:%g "$SRC")
	((EUID != 0)) || [[ $owner == 0:0 || ! -d $BUILD ]] || chown -R --from=0:0 "$owner" "$BUILD"
}

# There is a builder root for each architecture of hosts: what it lacks of another one
# cannot be mixed up with it, and nobody waits for what he does not use.
builder_packages() { # base|lint|bench|bochs|clang|mutants: what it has for HOST_ARCH
	local lists=("$SCRIPTS/builder.packages") foreign=:$HOST_ARCH
	[[ $1 == base ]] || lists+=("$SCRIPTS/$1.packages")
	[[ $HOST_ARCH != "$(native_arch)" ]] || foreign=
	awk -v only="[$HOST_ARCH]" -v foreign="$foreign" '
		/^#/ || NF > 1 && $2 != only { next }
		{ sub(/:host$/, foreign, $1); print $1 }' "${lists[@]}"
}
builder_path() { # base|lint|bench|bochs|clang|mutants
	printf '%s/builder-%s-%s-%s\n' "$CACHE" "$1" "$HOST_ARCH" \
		"$(builder_packages "$1" | cat "$SCRIPTS/builder-root" - <(echo "$ARCH_SUITE") | hash_of)"
}

# KERNEL is a Debian suite (SUITE/FLAVOUR for another flavour than the usual one), one that is
# built here of a suite's source (VARIANT/SUITE, see kernel-config/variants), a directory of .debs
# or a kernel build tree.
kernel_kind() { # KERNEL
	if is_tree "$1"; then
		echo tree
	elif [[ -d $1 ]] && compgen -G "$1/*.deb" >/dev/null; then
		echo debs
	elif [[ -n $(variant_fragments "${1%%/*}") && $1 =~ ^[a-z-]+/[a-z][a-z0-9.-]*$ && ! -e $1 ]]; then
		echo variant
	elif [[ $1 =~ ^[a-z][a-z0-9.-]*(/[a-z0-9.-]+)?$ && ! -e $1 ]]; then
		echo suite
	else
		die 2 "KERNEL=$1 is neither a Debian suite, nor a directory of .debs, nor a kernel build tree"
	fi
}
# Where it is prepared: release, vmlinuz, lib/modules, headers (a link), packages.
kernel_path() { # KERNEL DEBIAN-ARCHITECTURE
	local kind id
	kind=$(kernel_kind "$1")
	case $kind in
	suite) id=${1/\//_} ;;
	variant) id=$(variant_id "$1") ;;
	debs) id=$(stat -L -c '%n %s %Y' "$1"/*.deb | hash_of) ;;
	tree) id=$(cd "$1" && stat -L -c '%n %s %Y' "$PWD" .config Module.symvers modules.order \
		vmlinux arch/*/boot/*Image 2>/dev/null | hash_of) ;;
	esac
	printf '%s/kernel-%s-%s-%s\n' "$CACHE" "$2" "$kind" "$id"
}

# A kernel build tree, configured or not: the source, or a directory that was given as O=.
is_tree() { # DIRECTORY
	[[ -d $1 && -f $1/Makefile && (-f $1/Kconfig || -L $1/source || -f $1/.config) ]]
}
tree_source() { # TREE
	if [[ ! -f $1/Kconfig && -d $1/source ]]; then
		realpath "$1/source"
	else
		printf '%s\n' "$1"
	fi
}
config_says() { # FILE OPTION...: prints those that are neither y nor m
	local file=$1 option
	shift
	for option in "$@"; do
		grep -qE "^CONFIG_$option=[ym]" "$file" || echo "$option"
	done
}

variant_fragments() { # VARIANT
	awk -v name="$1" '$1 == name { $1 = ""; print }' "$SCRIPTS/kernel-config/variants"
}
variant_files() { # VARIANT: the fragments for HOST_ARCH, in order
	local name
	for name in base "$HOST_ARCH" $(variant_fragments "$1"); do
		[[ $name == LLVM ]] || printf '%s\n' "$SCRIPTS/kernel-config/$name.config"
	done
}
# As those of a suite they are kept until `make update`: until then the suite's source is the same.
variant_id() { # VARIANT/SUITE
	local files
	mapfile -t files < <(variant_files "${1%/*}")
	printf '%s-%s\n' "${1/\//_}" "$(variant_fragments "${1%/*}" | cat - "${files[@]}" \
		"$SCRIPTS/inside/build-kernel" | hash_of)"
}

# The kernel's own KVM selftests that are built, one name a line.
selftest_names() {
	awk '!/^#/ { sub(":.*", "", $1); gsub(",", "\n", $1); print $1 }' "$SCRIPTS/selftests.list" | uniq
}
# Where those for KERNEL are: tests/, and version, their source's.
selftests_path() {
	printf '%s/selftests-%s-%s\n' "$CACHE" "${KERNEL_PATH##*/kernel-}" "$(selftest_names | cat - \
		"$KERNEL_PATH/packages" "$SCRIPTS/selftests" \
		"$SCRIPTS"/inside/{suite-apt,fetch-source,build-selftests} | hash_of)"
}

# The architecture of this machine, in Debian's words: that of what is built by
# HOST=local, the unit tests and the offline benchmark among it.
native_arch() { dpkg --print-architecture; }

emulated_hosts() { # one a line
	grep -l '^HOST_KIND=emulated' "$SCRIPTS"/hosts/*.sh | xargs basename -s .sh -a
}

# Sets FS, what backing files are on, and FS_MODULES, what an emulated host's kernel needs for it.
load_filesystem() {
	export FS=${FS:-ext4}
	case $FS in
	ext4 | xfs | btrfs | f2fs) FS_MODULES=$FS ;;
	ext4-journal) FS_MODULES=ext4 ;;
	tmpfs) FS_MODULES= ;;
	*) die 2 "FS=$FS is unknown; known: ext4 ext4-journal xfs btrfs f2fs tmpfs" ;;
	esac
}

# Sets HOST, the HOST_* of scripts/hosts/HOST.sh, the ARCH_* of its architecture, what
# Kbuild is told of it, KERNEL and KERNEL_PATH, RUNS and RECORDS.
load_host() {
	export HOST=${HOST:-x86_64-amd}
	local known
	known=$(basename -s .sh -a "$SCRIPTS"/hosts/*.sh | paste -sd' ')
	[[ " $known " == *" $HOST "* ]] || die 2 "HOST=$HOST is unknown; known: $known"
	load_filesystem
	HOST_ROOT=() # what scripts/in-builder is told to have the emulator
	# shellcheck source=/dev/null
	. "$SCRIPTS/hosts/$HOST.sh"
	[[ -e $SCRIPTS/arch/$HOST_ARCH.sh ]] ||
		die 2 "HOST=$HOST: nothing is known of $HOST_ARCH: see scripts/arch"
	ARCH_SUITE=trixie
	# shellcheck source=/dev/null
	. "$SCRIPTS/arch/$HOST_ARCH.sh"
	HOST_TIMEOUT=${TIMEOUT:-$HOST_TIMEOUT}
	[[ $HOST_TIMEOUT =~ ^[1-9][0-9]*$ ]] || die 2 "TIMEOUT=$HOST_TIMEOUT is no number of seconds"
	[[ -z ${HOST_SCRIPT:-} || -f $HOST_SCRIPT ]] || die 2 "HOST_SCRIPT=$HOST_SCRIPT is no file"
	COMMAND=${COMMAND:-run}
	# Below build/: figures and examinations have a place of their own.
	RUNS=$COMMAND
	[[ $COMMAND != selftest ]] || RUNS=run
	RECORDS=$BUILD/$RUNS/$HOST
	[[ $HOST_KIND == emulated ]] || return 0
	KERNEL=${KERNEL:-$HOST_KERNEL}
	[[ ! -d $KERNEL ]] || KERNEL=$(cd "$KERNEL" && pwd -P)
	kernel_kind "$KERNEL" >/dev/null
	KERNEL_PATH=$(kernel_path "$KERNEL" "$HOST_ARCH")
	load_kernel
	EMULATOR_BIND=() # one of the user's takes the place of the builder root's
	if [[ -n ${HOST_EMULATOR:-} ]]; then
		[[ -f $HOST_EMULATOR && -x $HOST_EMULATOR ]] || die 2 "the emulator $HOST_EMULATOR is no program"
		EMULATOR_BIND=(--bind "$(realpath "$HOST_EMULATOR"):/usr/bin/${HOST_MACHINE[0]}")
	fi
	KMOD_DIR=$HOST_ARCH/kmod-${KERNEL_PATH##*/kernel-} # below build/
}

# Sets KERNEL_TREE and KERNEL_SOURCE, empty unless it is a build tree or becomes one; KERNEL_BIND and
# KERNEL_ROOT, what scripts/in-builder is told to see them and to have their compiler; ARCH_KBUILD,
# what make is told. Once more when the kernel has been prepared: then its compiler is known.
load_kernel() {
	local config=$KERNEL_PATH/config llvm=
	KERNEL_TREE='' KERNEL_SOURCE=''
	case $(kernel_kind "$KERNEL") in
	tree)
		KERNEL_TREE=$KERNEL
		KERNEL_SOURCE=$(tree_source "$KERNEL")
		config=$KERNEL/.config
		;;
	variant)
		KERNEL_TREE=$CACHE/built-$HOST_ARCH-$(variant_id "$KERNEL")
		KERNEL_SOURCE=$CACHE/source-${KERNEL#*/}/source
		[[ " $(variant_fragments "${KERNEL%/*}") " != *" LLVM "* ]] || llvm=yes
		;;
	esac
	KERNEL_ROOT=() KERNEL_BIND=(--bind "$KERNEL_PATH:/kernel")
	# Debian's headers name the very compiler of their kernel, which the root may not have.
	ARCH_KBUILD=("ARCH=$ARCH_KERNEL")
	if [[ -n $llvm ]] || grep -qs '^CONFIG_CC_IS_CLANG=y' "$config"; then
		ARCH_KBUILD+=(LLVM=1)
		KERNEL_ROOT=(--clang)
	else
		ARCH_KBUILD+=("CROSS_COMPILE=$ARCH_GNU-" "CC=$ARCH_GNU-gcc")
	fi
	[[ -z $KERNEL_TREE ]] || KERNEL_BIND+=(--bind "$KERNEL_TREE:/bind")
	if [[ $KERNEL_SOURCE != "$KERNEL_TREE" ]]; then
		KERNEL_BIND+=(--bind "$KERNEL_SOURCE:/run/source")
		ARCH_KBUILD+=(O=/bind)
	fi
}
