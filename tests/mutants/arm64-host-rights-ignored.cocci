// SPDX-License-Identifier: GPL-2.0-only
// breaks: a page that the host has read-only is mapped writable
// file: arch/arm64/kvm/mmu.c
// scenarios: *MemoryChanges*:*Fork*:Ksm.*:Writeback.*:Staged.*
@@
@@
 kvm_s2_fault_compute_prot(...)
 {
 <...
- s2vi->map_writable
+ true
 ...>
 }
