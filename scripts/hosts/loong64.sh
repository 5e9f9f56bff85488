# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by scripts/run
# An emulated LoongArch by QEMU's TCG. Stock QEMU has no LVZ, so there is no KVM: what needs it
# is a skip. QEMU_LOONGARCH64=FILE is run in its place; one that has LVZ gives KVM.
HOST_KIND=emulated
HOST_ARCH=loong64 # Debian's name
HOST_KERNEL=forky
HOST_TIMEOUT=300
# Loaded in this order, with what they need; those built in are skipped, as KVM is here.
HOST_MODULES="virtio_pci virtio_console virtio_blk $FS_MODULES"
HOST_OPTIONAL_MODULES="vhost_net vhost_vsock tun" # where the kernel has them
# As in x86_64-amd.sh.
HOST_MEMORY=${HOST_MEMORY:-1280} # MiB, of the first NUMA node
# There is no i8042 to be waited for.
HOST_APPEND="console=ttyS0 loglevel=5 panic=-1 mitigations=off init_on_alloc=0 numa_balancing=disable initcall_blacklist=i8042_init"
HOST_EMULATOR=${QEMU_LOONGARCH64:-}
HOST_MAY_LACK_KVM=yes
# Debian's kernel finds PCI by ACPI, which takes firmware. Devices are added by inside/boot-qemu.
HOST_MACHINE=(qemu-system-loongarch64 -machine virt -bios /usr/share/qemu-efi-loongarch64/QEMU_EFI.fd
	-accel "tcg,thread=multi" -cpu la464 -smp 2 -m "$((HOST_MEMORY + 256))"
	-object "memory-backend-ram,id=node0,size=${HOST_MEMORY}M" -numa "node,memdev=node0,cpus=0-1"
	-object "memory-backend-ram,id=node1,size=256M" -numa "node,memdev=node1")
