// SPDX-License-Identifier: GPL-2.0-only
// breaks: resetting a ring takes entries that userspace has not collected
// file: virt/kvm/dirty_ring.c
// scenarios: *SmallPages.*:*HugePages.*
@@
@@
 kvm_dirty_gfn_harvested(...)
 {
 <...
- KVM_DIRTY_GFN_F_RESET
+ KVM_DIRTY_GFN_F_MASK
 ...>
 }
