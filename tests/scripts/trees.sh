#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernel build trees of every make: each is prepared, or one line says what it lacks. The trees
# are fake, with a makefile that answers what scripts/kernel asks. Ends with "N passed, N failed".
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
# shellcheck source=tests/scripts/support/verdicts.sh
. "$(dirname "$0")/support/verdicts.sh"
become_root "$0" "$@"
unset KERNEL FS MMU
export HOST=x86_64-amd
text=$(mktemp) work=$(mktemp -d)
at_exit "rm -rf '$work' '$text'"

options=(X86_64 MODULES BLK_DEV_INITRD BINFMT_ELF BINFMT_SCRIPT PROC_FS SYSFS TMPFS DEVTMPFS FTRACE
	VIRTIO_PCI VIRTIO_CONSOLE VIRTIO_BLK EXT4_FS KVM_AMD)
# tree DIRECTORY: one that is configured and built, out of tree if $source is another directory
tree() {
	local source=${source:-$1}
	mkdir -p "$1/arch/x86/boot" "$source"
	touch "$source/Kconfig" "$1/Module.symvers" "$1/modules.order"
	printf 'CONFIG_%s=y\n' "${options[@]}" >"$1/.config"
	echo bzImage >"$1/arch/x86/boot/bzImage"
	# shellcheck disable=SC2016 # make's variables
	printf '%s\n' 'to = $(INSTALL_MOD_PATH)/lib/modules/6.99.0' 'kernelrelease: ; @echo 6.99.0' 'modules_install:' \
		$'\t@mkdir -p $(to) && touch $(to)/modules.order $(to)/modules.builtin' \
		$'\t@echo "$(CC) $(LLVM) $(O)" >$(INSTALL_MOD_PATH)/asked' >"$source/Makefile"
	[[ $source == "$1" ]] || ln -s "$source" "$1/source"
	[[ $source == "$1" ]] || echo "include $source/Makefile" >"$1/Makefile"
}
# lacks WHAT PATTERN: one line, status 2
lacks() {
	local status=0
	KERNEL=$work/tree "$SCRIPTS/kernel" >"$text" 2>&1 </dev/null || status=$?
	[[ $status == 2 && $(wc -l <"$text") == 1 ]] && grep -q "$2" "$text"
	verdict $? "$1: $(head -c 200 "$text" | head -n 1)"
	rm -rf "$work/tree" "$work/source"
}
# works WHAT IMAGE ASKED: it is prepared, with that image, and make was asked so
works() {
	local path status=0 image asked
	path=$(KERNEL=$work/tree && load_host && echo "$KERNEL_PATH")
	KERNEL=$work/tree "$SCRIPTS/kernel" >"$text" 2>&1 </dev/null || status=$?
	image=$(head -c 20 "$path/image" 2>/dev/null | tr -cd '[:alnum:].' || true)
	asked=$(cat "$path/asked" 2>/dev/null || true)
	[[ $status == 0 && $image == "$2" && $asked == *"$3"* && $(cat "$path/release") == 6.99.0 ]]
	verdict $? "$1"
	rm -rf "$work/tree" "$work/source" "$path"
}
set +e # verdict looks at what went before

mkdir "$work/tree"
lacks "an empty directory" 'neither a Debian suite, nor a directory of .debs, nor a kernel build tree'
tree "$work/tree" && rm "$work/tree/"{.config,Module.symvers,modules.order} && rm -r "$work/tree/arch"
lacks "not configured" 'is not configured'
tree "$work/tree" && rm "$work/tree/Module.symvers" "$work/tree/arch/x86/boot/bzImage"
lacks "configured, not built" 'is not built: it has no arch/x86/boot/bzImage'
tree "$work/tree" && rm "$work/tree/Module.symvers"
lacks "no Module.symvers" 'no Module.symvers'
tree "$work/tree" && sed -i s/X86_64/ARM64/ "$work/tree/.config"
lacks "another architecture" 'not configured for amd64'
tree "$work/tree" && sed -i /VIRTIO_CONSOLE/d "$work/tree/.config"
lacks "an option is missing" 'lacks CONFIG_VIRTIO_CONSOLE$'
tree "$work/tree" && sed -i /KVM_AMD/d "$work/tree/.config"
lacks "no KVM" 'lacks CONFIG_KVM_AMD$'
tree "$work/tree" && sed -i '/CONFIG_MODULES/d' "$work/tree/.config"
lacks "no modules" 'lacks CONFIG_MODULES$'
source=$work/source tree "$work/tree" && rm -r "$work/source"
lacks "O=, and the source is gone" 'has no source'
tree "$work/tree" && mv "$work/tree/arch/x86/boot/bzImage" "$work/tree/vmlinux"
lacks "vmlinux that cannot be entered" 'CONFIG_PVH'
tree "$work/tree" && mv "$work/tree/arch/x86/boot/bzImage" "$work/tree/vmlinux" &&
	printf 'CONFIG_%s=y\n' PVH KASAN >>"$work/tree/.config"
lacks "vmlinux with KASAN" 'CONFIG_KASAN'
tree "$work/tree" && printf '\t@echo "cp: cannot stat x.ko"; false\n' >>"$work/tree/Makefile"
lacks "a module is not there" 'not all built: .*x.ko'
tree "$work/tree" && printf "\t@echo \"version \\\`GLIBC_2.99' not found\"; false\n" >>"$work/tree/Makefile"
lacks "its programs are of a newer Debian" 'do not run in the builder root'

tree "$work/tree"
works "bzImage, KVM built in" bzImage "x86_64-linux-gnu-gcc"
tree "$work/tree" && sed -i 's/KVM_AMD=y/KVM_AMD=m/' "$work/tree/.config" && echo CONFIG_PVH=y >>"$work/tree/.config"
works "bzImage, KVM as a module, PVH" bzImage "x86_64-linux-gnu-gcc"
source=$work/source tree "$work/tree"
works "made with O=" bzImage "/bind"
summary
