# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by load_host
ARCH_GNU=x86_64-linux-gnu # prefix of compilers
ARCH_KERNEL=x86           # ARCH of the kernel's makefiles
ARCH_CONFIG=X86_64        # what its .config says
ARCH_IMAGES=(arch/x86/boot/bzImage vmlinux) # of a build tree, the best first
ARCH_KVM_CURE="load kvm_amd or kvm_intel"
