// SPDX-License-Identifier: GPL-2.0-only
// breaks: collecting a log does not kick the vCPUs for their PML buffers
// host: x86_64-intel
// file: arch/x86/kvm/x86.c
// scenarios: BufferedLog.*:Turns.*
// survives: nobody can tell it from the kernel's own bug: the kick is not waited for (docs/reports/pml-log-not-flushed.md)
@@
@@
 kvm_arch_sync_dirty_log(...)
 {
 <...
- kvm_vcpu_kick(vcpu);
 ...>
 }
