// SPDX-License-Identifier: GPL-2.0-only
// breaks: a TLB flush of a range of gfns does nothing where the CPU has none (everywhere but on Hyper-V): after KVM_GET/CLEAR_DIRTY_LOG and when logging begins, writes go on through stale TLB entries
// file: virt/kvm/kvm_main.c
// scenarios: RefusedLogs.*:Contended.*:SmallPages.*:Race.*
@@
@@
 kvm_flush_remote_tlbs_range(...)
 {
 <...
- kvm_flush_remote_tlbs(...);
 ...>
 }
