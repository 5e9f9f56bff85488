# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by load_host
ARCH_GNU=aarch64-linux-gnu # prefix of compilers
ARCH_KERNEL=arm64          # ARCH of the kernel's makefiles
ARCH_CONFIG=ARM64          # what its .config says
ARCH_IMAGES=(arch/arm64/boot/Image arch/arm64/boot/Image.gz) # of a build tree, the best first
ARCH_KVM_CURE="its kernel must start at EL2, without kvm-arm.mode=none"
