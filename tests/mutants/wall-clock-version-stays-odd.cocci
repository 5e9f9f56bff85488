// SPDX-License-Identifier: GPL-2.0-only
// breaks: the version of the wall clock that KVM writes for the guest stays odd ("being written"): a guest that keeps to the protocol waits for ever
// file: arch/x86/kvm/x86.c
// scenarios: KvmWrites.*
@@
identifier version, kvm, wall_clock;
@@
 kvm_write_wall_clock(...)
 {
 <...
- version++;
- kvm_write_guest(kvm, wall_clock, &version, sizeof(version));
 ...>
 }
