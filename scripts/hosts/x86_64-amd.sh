# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by scripts/run
# An emulated x86-64 with AMD's SVM: kvm_amd with nested paging, by QEMU's TCG.
HOST_KIND=emulated
HOST_ARCH=amd64 # Debian's name
HOST_KERNEL=trixie
HOST_TIMEOUT=300
# Loaded in this order, with what they need; those built in are skipped.
HOST_MODULES="virtio_pci virtio_console virtio_blk $FS_MODULES kvm_amd"
HOST_OPTIONAL_MODULES="vhost_net vhost_vsock tun" # where the kernel has them
# panic=-1 ends the emulator at once; loglevel=5 keeps warnings and oopses.
# Two NUMA nodes, so that pages can be moved by name (--perturb=migration); the kernel moves none
# on its own account.
HOST_MEMORY=${HOST_MEMORY:-1280} # MiB, of the first of them, beside its huge page of 1 GB
HOST_NODE0=$((HOST_MEMORY + 1024))
# A periodic tick: the emulator loses interrupts now and then, and a CPU that sleeps with one
# pending is woken by the next only. No watchdog of the clock: 7.2's may hang the boot (docs/hosts.md).
# init_on_alloc: memory that KVM forgets to clear has what was there before, not zeroes.
HOST_APPEND="console=ttyS0 loglevel=5 panic=-1 mitigations=off init_on_alloc=0 hugepagesz=1G hugepages=1 numa_balancing=disable nohz=off highres=off tsc=nowatchdog"
# Devices are added by inside/boot-qemu. Without the CPU's promise of fast string instructions: kernel
# and libc then copy and clear pages by words, and to the emulator each step is one instruction.
HOST_MACHINE=(qemu-system-x86_64 -machine q35 -accel "tcg,thread=multi" -cpu "max,-erms,-fsrm" -smp 2 -m "$((HOST_NODE0 + 256))"
	-object "memory-backend-ram,id=node0,size=${HOST_NODE0}M" -numa "node,memdev=node0,cpus=0-1"
	-object "memory-backend-ram,id=node1,size=256M" -numa "node,memdev=node1")
