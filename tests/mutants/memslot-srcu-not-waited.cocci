// SPDX-License-Identifier: GPL-2.0-only
// breaks: a change of memslots does not wait for the faults that use the old ones
// file: virt/kvm/kvm_main.c
// scenarios: *UnderAWaitingFault*
@@
identifier kvm;
@@
 kvm_swap_active_memslots(...)
 {
 <...
- synchronize_srcu_expedited(&kvm->srcu);
 ...>
 }
