# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by scripts/run
# An emulated x86-64 with Intel's VMX: kvm_intel with EPT, accessed and dirty bits in it, PML and VPID,
# by Bochs, which takes four times as long as QEMU for the suite (docs/hosts.md).
HOST_KIND=emulated
HOST_ARCH=amd64 # Debian's name
HOST_KERNEL=trixie
HOST_TIMEOUT=900
HOST_ROOT=(--bochs)
# What `make check` runs here, of the suite alone: what the CPU logs by itself, and what is cleared of
# EPT's accessed and dirty bits.
HOST_CHECK_FILTER="BufferedLog.*:Turns.*:Race.*:Aging.*:HugePages.*:Migration.*:Writeback.Write*/msync:SmallPages.*large*"
# No virtio: the disk is an IDE one, what is printed goes to a serial port, records to the disk's end.
HOST_MODULES="ata_piix sd_mod $FS_MODULES kvm_intel"
HOST_MODULES_BARE=yes
HOST_SERIAL=/dev/ttyS1
HOST_DISK=/dev/sda
HOST_RECORDS_AT=512 # MiB, behind the largest filesystem of inside/make-scratch
HOST_MEMORY=${HOST_MEMORY:-1536} # MiB
# Instructions that make a second of the emulated machine's. CPUID tells the kernel 3.5 GHz, and it
# would wait for 35 s where one was meant.
ips=100000000
# A panic is the watchdog's affair: with panic=-1 it would boot again.
HOST_APPEND="console=ttyS0 loglevel=5 panic=0 mitigations=off init_on_alloc=0 numa_balancing=disable nokaslr hpet=disable tsc=nowatchdog tsc_early_khz=$((ips / 1000)) kvm_intel.enable_apicv=0"
HOST_MACHINE=(bochs "model=corei7_skylake_x, count=2, ips=$ips, reset_on_triple_fault=0, ignore_bad_msrs=1" "$HOST_MEMORY" "$HOST_RECORDS_AT")
