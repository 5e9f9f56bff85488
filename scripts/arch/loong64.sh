# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by load_host
ARCH_GNU=loongarch64-linux-gnu # prefix of compilers
ARCH_KERNEL=loongarch          # ARCH of the kernel's makefiles
ARCH_CONFIG=LOONGARCH          # what its .config says
ARCH_IMAGES=(arch/loongarch/boot/vmlinuz.efi arch/loongarch/boot/vmlinux.efi) # of a build tree, the best first
ARCH_SUITE=forky               # the first Debian that has it
ARCH_KVM_CURE="the CPU must have LVZ, which stock QEMU does not emulate"
