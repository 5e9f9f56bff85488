# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by scripts/run
# An emulated arm64 with EL2: KVM with VHE, by QEMU's TCG. APPEND=kvm-arm.mode=nvhe or protected
# gives the other modes.
HOST_KIND=emulated
HOST_ARCH=arm64 # Debian's name
HOST_KERNEL=trixie-backports # see docs/hosts.md
HOST_TIMEOUT=480 # in protected mode each VM takes a second to destroy
# Loaded in this order, with what they need; those built in are skipped, as KVM is here.
HOST_MODULES="virtio_pci virtio_console virtio_blk $FS_MODULES"
HOST_OPTIONAL_MODULES="vhost_net vhost_vsock tun" # where the kernel has them
# As in x86_64-amd.sh.
HOST_MEMORY=${HOST_MEMORY:-1280} # MiB, of the first NUMA node
# As in x86_64-amd.sh.
HOST_APPEND="console=ttyAMA0 loglevel=5 panic=-1 mitigations=off init_on_alloc=0 numa_balancing=disable"
# Pointer authentication by an algorithm of QEMU's own, not by the costly architected one. Devices
# are added by inside/boot-qemu.
HOST_MACHINE=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3"
	-accel "tcg,thread=multi" -cpu "max,pauth-impdef=on" -smp 2 -m "$((HOST_MEMORY + 256))"
	-object "memory-backend-ram,id=node0,size=${HOST_MEMORY}M" -numa "node,memdev=node0,cpus=0-1"
	-object "memory-backend-ram,id=node1,size=256M" -numa "node,memdev=node1")
